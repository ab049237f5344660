import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  workflowId: z
    .uuid({ error: "choose the workflow to call" })
    .meta({ label: "Workflow", help: "It needs a manual trigger, and must be published.", widget: "workflow" }),
  input: z.json().optional().meta({
    label: "Input",
    help: "What its runs see as trigger.body. Texts in it may hold {{ expressions }}.",
    placeholder: "{{ trigger.body }}",
    widget: "json",
    expression: "template",
  }),
  wait: z.boolean().default(true).meta({
    label: "Wait for its end",
    help: "On: the output is its result. Off: it is started, and the output is its run id.",
    widget: "switch",
  }),
});

/** Runs another workflow. */
export const subWorkflow = defineNode({
  type: "sub-workflow",
  version: 1,
  title: "Call a workflow",
  description: "Runs another workflow and goes on with its result.",
  category: "logic",
  icon: "workflow",
  synonyms: ["sub", "child", "call", "reuse", "function", "execute", "nested", "sub-workflow"],
  config,
  deferred: ["workflowId", "wait"],
  initialConfig: { workflowId: "", input: "{{ trigger.body }}" },
  ports: () => [
    { name: "out", label: "out" },
    { name: "error", label: "error", failure: true },
  ],
  summary: (parsed) => (parsed.wait === false ? "Start, and go on at once" : "Call, and wait for the result"),
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: { onFailure: "dead-letter" },
  sampleOutput: { ok: true },
});

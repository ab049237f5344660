import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  condition: z.string().min(1, "a condition is needed").max(20_000).meta({
    label: "Condition",
    help: "True or false decides which way the run goes.",
    placeholder: 'trigger.body.status == "paid"',
    widget: "code",
    expression: "cel",
    gives: "true or false",
  }),
});

/** Sends a run one of two ways. */
export const ifNode = defineNode({
  type: "if",
  version: 1,
  title: "If",
  description: "Sends the run one of two ways.",
  category: "logic",
  icon: "split",
  synonyms: ["condition", "branch", "filter", "else", "decide", "check"],
  config,
  deferred: ["condition"],
  initialConfig: { condition: "" },
  ports: () => [
    { name: "true", label: "true" },
    { name: "false", label: "false" },
  ],
  summary: (parsed) => parsed.condition || "No condition yet",
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { condition: true },
});

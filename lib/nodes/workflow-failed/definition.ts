import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  workflowIds: z
    .array(z.uuid({ error: "choose a workflow" }))
    .min(1)
    .max(100)
    .optional()
    .meta({ label: "Workflows", help: "Whose failures start this one. Left out: those of all workflows.", widget: "workflows" }),
});

/** Starts when a run of another workflow has failed. */
export const workflowFailed = defineNode({
  type: "workflow-failed",
  version: 1,
  title: "Workflow failed",
  description: "Starts when a live run of another workflow has failed for good.",
  category: "trigger",
  icon: "triangle-alert",
  synonyms: ["error", "failure", "on error", "alert", "catch", "handler"],
  config,
  deferred: [],
  initialConfig: {},
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) => {
    const count = parsed.workflowIds?.length ?? 0;
    return count === 0 ? "Any workflow" : `${count} workflow${count === 1 ? "" : "s"}`;
  },
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: {
    run: {
      id: "01890a5d-ac96-774b-bcce-b302099a8057",
      workflowId: "01890a5d-ac96-774b-bcce-b302099a8058",
      workflowName: "Orders",
      version: 3,
    },
    step: { id: "01890a5d-ac96-874b-bcce-b302099a8057", nodeId: "call", name: "Create the order", iteration: "" },
    error: { class: "permanent", code: "http_404", message: "POST api.example.com answered 404", details: null },
  },
});

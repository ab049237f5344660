import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  reason: z.string().min(1, "a reason is needed").max(20_000).meta({
    label: "Reason",
    help: "What the person reads who finds it in the inbox. Items with one reason form one issue.",
    placeholder: "No customer for {{ trigger.body.email }}",
    widget: "text",
    expression: "template",
  }),
  payload: z
    .json()
    .optional()
    .meta({ label: "Payload", help: "What the person needs to see, kept with the item.", widget: "json", expression: "template" }),
});

/** Ends the run's path and hands the item to a person. */
export const stopAndDeadLetter = defineNode({
  type: "stop-and-dead-letter",
  version: 1,
  title: "Stop & ask a person",
  description: "Fails the run on purpose and puts the item into the inbox.",
  category: "logic",
  icon: "inbox",
  synonyms: ["fail", "error", "throw", "abort", "inbox", "dead letter", "reject"],
  config,
  deferred: [],
  initialConfig: { reason: "", payload: "{{ trigger.body }}" },
  ports: () => [],
  summary: (parsed) => parsed.reason || "No reason yet",
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: null,
});

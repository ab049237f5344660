import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { headersSchema } from "#lib/nodes/headers.ts";

const config = z.strictObject({
  status: z.int().min(200).max(599).default(200).meta({ label: "Status", widget: "number" }),
  headers: headersSchema.default({}).meta({ label: "Headers", widget: "pairs", expression: "template" }),
  body: z.json().optional().meta({
    label: "Body",
    help: "Text is sent as it is, anything else as JSON.",
    placeholder: "{{ steps.check.output }}",
    widget: "json",
    expression: "template",
  }),
});

/** Answers the caller of a webhook that waits. */
export const respond = defineNode({
  type: "respond",
  version: 1,
  title: "Respond",
  description: "Answers the caller of a webhook in wait mode.",
  category: "action",
  icon: "reply",
  synonyms: ["answer", "return", "response", "webhook", "reply"],
  config,
  deferred: [],
  initialConfig: { status: 200 },
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) => `Answer ${parsed.status}`,
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { status: 200 },
});

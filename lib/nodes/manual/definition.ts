import * as z from "zod";
import { checkJsonSchema } from "#lib/graph/json-schema-guard.ts";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  inputSchema: z
    .record(z.string(), z.json())
    .optional()
    .superRefine((schema, context) => {
      if (schema) for (const message of checkJsonSchema(schema)) context.addIssue({ code: "custom", message });
    })
    .meta({ label: "Input schema", help: "A JSON Schema the given input must meet.", widget: "json" }),
});

/** Starts a run by a person or through the API. */
export const manual = defineNode({
  type: "manual",
  version: 1,
  title: "Manual",
  description: "Starts a run when a person presses Run or the API is called.",
  category: "trigger",
  icon: "mouse-pointer-click",
  synonyms: ["button", "start", "api", "test", "run"],
  config,
  deferred: ["inputSchema"],
  initialConfig: {},
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) => (parsed.inputSchema ? "Input is checked" : "Any input"),
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: { body: { id: "1" } },
});

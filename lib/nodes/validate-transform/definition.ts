import * as z from "zod";
import { stepSchema } from "#lib/graph/field-steps/schema.ts";
import { checkJsonSchema } from "#lib/graph/json-schema-guard.ts";
import { defineNode } from "#lib/nodes/define.ts";

const unsafeName = /(^|\.)(__proto__|prototype|constructor)(\.|$)/;

const field = z.strictObject({
  target: z
    .string()
    .max(200)
    .regex(/^[^.\s]+(\.[^.\s]+)*$/, "a name, or names joined by dots")
    .refine((target) => !unsafeName.test(target), "this name cannot be set")
    .meta({ label: "Field", help: "Its name in the result; dots make objects.", placeholder: "email", widget: "text" }),
  source: z.string().min(1, "where the value comes from is needed").max(20_000).meta({
    label: "From",
    placeholder: "{{ trigger.body.email }}",
    widget: "text",
    expression: "template",
    gives: "anything",
  }),
  steps: z.array(stepSchema).max(50).default([]).meta({ label: "Steps", widget: "list" }),
  required: z.boolean().default(false).meta({ label: "Required", widget: "switch" }),
  default: z.json().optional().meta({ label: "Default", help: "When the source is missing, null or empty.", widget: "json" }),
});

const config = z.strictObject({
  fields: z
    .array(field)
    .max(200)
    .default([])
    .superRefine((fields, context) => {
      const seen = new Set<string>();
      for (const [index, { target }] of fields.entries()) {
        const clash = [...seen].find((other) => other === target || other.startsWith(`${target}.`) || target.startsWith(`${other}.`));
        if (clash !== undefined)
          context.addIssue({ code: "custom", message: `${target} clashes with the field ${clash}`, path: [index, "target"] });
        seen.add(target);
      }
    })
    .meta({ label: "Fields", widget: "table" }),
  schema: z
    .record(z.string(), z.json())
    .optional()
    .superRefine((schema, context) => {
      if (schema) for (const message of checkJsonSchema(schema)) context.addIssue({ code: "custom", message });
    })
    .meta({ label: "Schema", help: "A JSON Schema the result must meet.", widget: "json" }),
  mode: z
    .enum(["fields", "passthrough"])
    .default("fields")
    .meta({ label: "Result", help: "Fields: only the fields above. Passthrough: the input with the fields replaced.", widget: "select" }),
  input: z
    .string()
    .max(20_000)
    .default("{{ trigger.body }}")
    .meta({
      label: "Input",
      help: "What passes through.",
      expression: "template",
      gives: "object",
      widget: "text",
      showWhen: { mode: "passthrough" },
    }),
});

/** Checks data and brings it into shape; what is not valid is refused with all reasons at once. */
export const validateTransform = defineNode({
  type: "validate-transform",
  version: 1,
  title: "Validate & transform",
  description: "Checks each field and brings it into shape; refuses what is not valid.",
  category: "data",
  icon: "shield-check",
  synonyms: ["clean", "normalize", "map", "schema", "phone", "email", "date", "check", "format", "convert"],
  config,
  deferred: ["fields", "schema", "mode", "input"],
  initialConfig: { fields: [] },
  ports: () => [
    { name: "out", label: "out" },
    { name: "rejected", label: "rejected", failure: true },
  ],
  summary: (parsed) => parsed.fields.map(({ target }) => target).join(", ") || (parsed.schema ? "Checked by schema" : "No fields yet"),
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: { onFailure: "dead-letter" },
  sampleOutput: {},
});

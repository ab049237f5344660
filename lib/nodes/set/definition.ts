import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  values: z
    .record(z.string().min(1).max(200), z.json())
    .default({})
    .refine((values) => !Object.hasOwn(values, "__proto__"), "__proto__ cannot be a name")
    .meta({
      label: "Values",
      help: "Names and what they hold; texts may hold {{ expressions }}.",
      widget: "pairs",
      expression: "template",
    }),
  keep: z
    .enum(["none", "input"])
    .default("none")
    .meta({ label: "Keep", help: "None: only the values above. Input: they are added to the input.", widget: "select" }),
  input: z
    .string()
    .max(20_000)
    .default("{{ trigger.body }}")
    .meta({
      label: "Input",
      help: "What is kept; an object.",
      expression: "template",
      gives: "object",
      widget: "text",
      showWhen: { keep: "input" },
    }),
});

/** Makes an object of fixed values and expressions. */
export const set = defineNode({
  type: "set",
  version: 1,
  title: "Set values",
  description: "Makes an object of fixed values and expressions.",
  category: "data",
  icon: "braces",
  synonyms: ["edit", "fields", "assign", "map", "variable", "transform"],
  config,
  deferred: ["keep", "input"],
  initialConfig: { values: {} },
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) => Object.keys(parsed.values).join(", ") || "No values yet",
  effect: () => "none",
  policySections: ["validate", "onFailure"],
  policyDefaults: {},
  sampleOutput: {},
});

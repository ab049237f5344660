import * as z from "zod";
import { defineNode, type Port } from "#lib/nodes/define.ts";

/** Ports the engine and the canvas give a meaning of their own. */
const reserved = ["default", "error", "rejected"];

const switchCase = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, "1–40 letters, digits, _ and -, starting with a letter or digit")
    .refine((name) => !reserved.includes(name), "this name is taken by an output of its own")
    .meta({ label: "Name", help: "The output it leads to.", placeholder: "paid", widget: "text" }),
  condition: z.string().min(1, "a condition is needed").max(20_000).meta({
    label: "Condition",
    placeholder: 'trigger.body.status == "paid"',
    widget: "code",
    expression: "cel",
  }),
});

const config = z.strictObject({
  cases: z
    .array(switchCase)
    .min(1, "at least one case is needed")
    .max(20)
    .superRefine((cases, context) => {
      const seen = new Set<string>();
      for (const [index, { name }] of cases.entries()) {
        if (seen.has(name)) context.addIssue({ code: "custom", message: `another case is named ${name} already`, path: [index, "name"] });
        seen.add(name);
      }
    })
    .meta({ label: "Cases", help: "Asked from top to bottom; the first that is true is taken.", widget: "list" }),
  default: z.boolean().default(true).meta({
    label: "Default output",
    help: "Taken when no case is true. Without it the step fails then, for a person to look at.",
    widget: "switch",
  }),
});

/** One port a case. A config that is half filled in has ports too, so names are taken as they come. */
function ports(parsed: z.output<typeof config>): Port[] {
  const names = new Set(parsed.cases.map(({ name }) => name).filter((name) => typeof name === "string" && name !== ""));
  if (parsed.default !== false) names.add("default");
  return [...names].map((name) => ({ name, label: name }));
}

/** Sends a run one of many ways. */
export const switchNode = defineNode({
  type: "switch",
  version: 1,
  title: "Switch",
  description: "Sends the run the way of the first case that is true.",
  category: "logic",
  icon: "git-branch",
  synonyms: ["case", "branch", "route", "router", "condition", "match", "decide"],
  config,
  deferred: ["cases", "default"],
  initialConfig: { cases: [{ name: "case-1", condition: "" }], default: true },
  ports,
  summary: (parsed) =>
    ports(parsed)
      .map(({ name }) => name)
      .join(", ") || "No cases yet",
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { case: "case-1" },
});

import * as z from "zod";
import { isCountry } from "#lib/expressions/functions/countries.ts";
import { compilePattern } from "#lib/expressions/regex.ts";
import { isTimeZone } from "#lib/shared/time-zone.ts";

const pattern = z
  .string()
  .min(1)
  .superRefine((source, context) => {
    try {
      compilePattern(source);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    }
  });

const bound = (label: string) => z.number().optional().meta({ label, widget: "number" });
const count = (label: string) => z.int().min(0).optional().meta({ label, widget: "number" });

function ordered(limits: { min?: number | undefined; max?: number | undefined }): boolean {
  return limits.min === undefined || limits.max === undefined || limits.min <= limits.max;
}
const orderedMessage = "the minimum is above the maximum";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What can be done with a field, in the order given. Discriminated by `type`. */
export const stepSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("trim") }).meta({ label: "Trim" }),
  z.strictObject({ type: z.literal("lowercase") }).meta({ label: "Lower case" }),
  z.strictObject({ type: z.literal("uppercase") }).meta({ label: "Upper case" }),
  z.strictObject({ type: z.literal("collapse-spaces") }).meta({ label: "Collapse spaces" }),
  z
    .strictObject({
      type: z.literal("replace"),
      pattern: pattern.meta({ label: "Pattern", help: "A regular expression (RE2).", widget: "text" }),
      with: z.string().default("").meta({ label: "With", help: "$1 is the first group.", widget: "text" }),
    })
    .meta({ label: "Replace" }),
  z.strictObject({ type: z.literal("default"), value: z.json().meta({ label: "Value", widget: "json" }) }).meta({ label: "Default" }),
  z.strictObject({ type: z.literal("to-number") }).meta({ label: "To number" }),
  z.strictObject({ type: z.literal("to-integer") }).meta({ label: "To whole number" }),
  z.strictObject({ type: z.literal("to-boolean") }).meta({ label: "To true or false" }),
  z
    .strictObject({
      type: z.literal("parse-date"),
      formats: z.array(z.string().min(1).max(60)).min(1).max(20).default(["ISO"]).meta({
        label: "Formats",
        help: "luxon formats such as dd/MM/yyyy; ISO for ISO 8601, unix for seconds since 1970.",
        widget: "list",
      }),
      zone: z
        .string()
        .refine(isTimeZone, "not a time zone; try Europe/Paris")
        .default("UTC")
        .meta({ label: "Time zone", help: "Of times that bring none.", widget: "timezone" }),
      to: z.enum(["iso-date", "iso-datetime"]).default("iso-datetime").meta({ label: "To", widget: "select" }),
    })
    .meta({ label: "Date" }),
  z
    .strictObject({
      type: z.literal("phone"),
      country: z
        .string()
        .refine(isCountry, "not a two-letter country; try FR")
        .optional()
        .meta({ label: "Country", help: "Of numbers written without +.", placeholder: "FR", widget: "text" }),
      to: z.literal("e164").default("e164"),
    })
    .meta({ label: "Phone number" }),
  z
    .strictObject({
      type: z.literal("email"),
      disposable: z.enum(["allow", "reject"]).default("allow").meta({ label: "Throw-away addresses", widget: "select" }),
    })
    .meta({ label: "E-mail address" }),
  z.strictObject({ type: z.literal("url") }).meta({ label: "Web address" }),
  z
    .strictObject({ type: z.literal("enum"), values: z.array(scalar).min(1).max(500).meta({ label: "Values", widget: "list" }) })
    .meta({ label: "One of" }),
  z
    .strictObject({
      type: z.literal("pattern"),
      regex: pattern.meta({ label: "Regular expression", help: "RE2; use ^ and $ to cover the whole text.", widget: "text" }),
    })
    .meta({ label: "Pattern" }),
  z
    .strictObject({ type: z.literal("length"), min: count("At least"), max: count("At most") })
    .refine(ordered, orderedMessage)
    .meta({ label: "Length" }),
  z
    .strictObject({ type: z.literal("range"), min: bound("At least"), max: bound("At most") })
    .refine(ordered, orderedMessage)
    .meta({ label: "Range" }),
  z
    .strictObject({
      type: z.literal("map"),
      table: z.record(z.string(), z.json()).meta({ label: "Table", help: "What each value becomes.", widget: "pairs" }),
      else: z
        .json()
        .optional()
        .meta({ label: "Else", help: "For values that are not in the table; left out, they are refused.", widget: "json" }),
    })
    .meta({ label: "Look up" }),
  z
    .strictObject({
      type: z.literal("expression"),
      cel: z
        .string()
        .min(1)
        .max(20_000)
        .meta({
          label: "Expression",
          help: "Over `value`.",
          placeholder: "value * 100",
          widget: "code",
          expression: "cel",
          names: ["value"],
        }),
    })
    .meta({ label: "Expression" }),
]);

export type TransformStep = z.output<typeof stepSchema>;

/** One field of an input that is checked: where it stands in the input, and the steps it must get through. */
export const checkedFieldSchema = z.strictObject({
  path: z
    .string()
    .max(200)
    .regex(/^[^.\s]+(\.[^.\s]+)*$/, "a name, or names joined by dots")
    .meta({ label: "Field", help: "Its place in the input, such as body.email.", placeholder: "body.email", widget: "text" }),
  steps: z.array(stepSchema).max(50).default([]).meta({ label: "Steps", widget: "list" }),
  required: z.boolean().default(false).meta({ label: "Required", widget: "switch" }),
});
export type CheckedField = z.output<typeof checkedFieldSchema>;

import * as z from "zod";
import { attributeNameSchema } from "#lib/graph/attributes.ts";
import type { Conditions } from "../list-query.ts";

const comparisons = [">=", "<=", ">", "<"] as const;

/** What an attribute must be for a run to be listed. */
export interface AttributeCondition {
  name: string;
  /** As a whole, or as a bound of numbers and times. */
  is: "=" | (typeof comparisons)[number];
  text: string;
  number: number | null;
  /** ISO 8601. */
  time: string | null;
}

const example = "must be name:value, for example customer:42, or a bound such as amount:>100 and due:<2026-12-01T00:00:00Z";

/** A comma ends a condition only where the next one begins, so that values may have commas. */
const nextCondition = /,(?=\s*[A-Za-z_][A-Za-z0-9_.-]{0,62}:)/;

/** `customer:42,amount:>100`: all of them must hold. */
export const attributeFilterSchema = z
  .string()
  .max(2_000)
  .transform((text) => text.split(nextCondition).map((part) => part.trim()))
  .pipe(z.array(z.string().transform(parseCondition)).max(10, "at most 10 attributes"));

function parseCondition(text: string, context: z.RefinementCtx): AttributeCondition {
  const at = text.indexOf(":");
  const name = text.slice(0, Math.max(at, 0));
  const rest = text.slice(at + 1).trim();
  const is = comparisons.find((comparison) => rest.startsWith(comparison)) ?? "=";
  const value = is === "=" ? rest : rest.slice(is.length).trim();
  const number = value !== "" && Number.isFinite(Number(value)) ? Number(value) : null;
  const time =
    number === null && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;
  if (at < 1 || value === "" || !attributeNameSchema.safeParse(name).success) context.addIssue(example);
  else if (is !== "=" && number === null && time === null) context.addIssue(`${text}: a bound must be a number or a time, ${example}`);
  return { name, is, text: value, number, time };
}

/** Adds what runs must be found by. Each kind of value has an index of its own. */
export function addAttributes(where: Conditions, workspaceId: string, wanted: readonly AttributeCondition[] | undefined): Conditions {
  for (const { name, is, text, number, time } of wanted ?? []) {
    const of = `SELECT a.run_id FROM run_attr a WHERE a.workspace_id = ${where.value(workspaceId)}::uuid AND a.name = ${where.value(name)}`;
    const ways = [
      ...(is === "=" ? [`${of} AND a.text_value = ${where.value(text)}`] : []),
      ...(number === null ? [] : [`${of} AND a.number_value ${is} ${where.value(number)}::float8`]),
      ...(time === null ? [] : [`${of} AND a.time_value ${is} ${where.value(time)}::timestamptz`]),
    ];
    where.add(`? AND r.id IN (${ways.join(" UNION ALL ")})`, true);
  }
  return where;
}

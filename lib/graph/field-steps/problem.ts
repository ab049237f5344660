import { kindOf } from "#lib/expressions/value.ts";
import type { JsonValue } from "#lib/shared/json.ts";

/** Why one field of an input was refused. `value` is masked. */
export type FieldProblem = { field: string; step: string; value: string; reason: string };

/** A refusal by a step. */
export class Refused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Refused";
  }
}

/** `2 fields are not valid: email, phone`. */
export function namesOf(problems: readonly FieldProblem[]): string {
  const fields = [...new Set(problems.map(({ field, step }) => field || step))];
  return `${fields.length === 1 ? "1 field is" : `${fields.length} fields are`} not valid: ${fields.slice(0, 10).join(", ")}`;
}

/** Enough of a value to recognise it, not enough to leak it. */
export function masked(value: JsonValue | undefined): string {
  if (value === undefined || value === null || typeof value === "boolean") return value === undefined ? "missing" : String(value);
  if (typeof value === "object") return kindOf(value);
  const characters = [...String(value)];
  if (characters.length < 6) return "•".repeat(characters.length);
  return `${characters.slice(0, 2).join("")}${"•".repeat(Math.min(characters.length - 3, 8))}${characters.at(-1)}`;
}

import { ExpressionError } from "#lib/expressions/error.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { applySteps, isEmpty } from "#lib/graph/field-steps/apply.ts";
import { stepSchema, type TransformStep } from "#lib/graph/field-steps/schema.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { wordsOf } from "./form-model.ts";

/** What a field of a validation makes of a sample. `before` undefined: the sample has no such value. */
export type FieldPreview =
  | { state: "passes"; before: JsonValue | undefined; after: JsonValue }
  | { state: "refused"; before: JsonValue | undefined; step: string; reason: string }
  /** Nothing can be said yet. */
  | { state: "unfinished"; reason: string };

/** Works a field out as the step would: its source, its default, its steps in order, and whether it is required. */
export function previewField(field: JsonObject, scope: Scope): FieldPreview {
  if (typeof field.source !== "string" || field.source.trim() === "") return { state: "unfinished", reason: "where does it come from?" };
  const steps = readSteps(field.steps);
  if (steps === null) return { state: "unfinished", reason: "a step is not filled in yet" };
  const evaluate = createEvaluate(scope, { maxSteps: 100_000 });
  let before: JsonValue | undefined;
  try {
    before = evaluate.template(field.source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (error.code !== "missing_path") return { state: "refused", before: undefined, step: "source", reason: error.message };
  }
  const start = before === undefined || isEmpty(before) ? (field.default ?? null) : before;
  const { value, refused } = applySteps(steps, start, evaluate);
  if (refused !== null) return { state: "refused", before, ...refused };
  if (field.required === true && isEmpty(value)) return { state: "refused", before, step: "required", reason: "is required" };
  return { state: "passes", before, after: isEmpty(value) ? null : value };
}

function readSteps(steps: JsonValue | undefined): TransformStep[] | null {
  const parsed = stepSchema.array().safeParse(steps ?? []);
  return parsed.success ? parsed.data : null;
}

/** "trim, e-mail": the steps of a field, in order. */
export function stepWords(steps: JsonValue | undefined): string {
  if (!Array.isArray(steps)) return "";
  return steps
    .flatMap((step) => (isJsonObject(step) && typeof step.type === "string" ? [wordsOf(step.type).toLowerCase()] : []))
    .join(", ");
}

/** Fields that take over what a sample's object holds, as a start to edit. */
export function fieldsOfSample(body: JsonValue, path: string): JsonObject[] {
  if (!isJsonObject(body)) return [];
  return Object.keys(body)
    .filter((key) => /^[A-Za-z_]\w*$/.test(key))
    .map((key) => ({ target: key, source: `{{ ${path}.${key} }}`, steps: [] }));
}

import { checkAgainst } from "#lib/graph/json-schema.ts";
import type { Evaluate } from "#lib/nodes/runner.ts";
import { type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { applySteps, isEmpty } from "./apply.ts";
import { type FieldProblem, masked, namesOf, Refused } from "./problem.ts";
import type { CheckedField } from "./schema.ts";

/** What an input must be like: by a JSON Schema, field by field, or both. */
export interface InputCheck {
  schema: JsonObject | null;
  fields: readonly CheckedField[];
}

/**
 * All that is wrong with an input, of every field and of its shape, in one list. The steps of a field work on a copy: nothing of
 * the input is changed. Without `evaluate` nobody can tell what expressions say: a field is judged up to its first one.
 */
export function checkInput(check: InputCheck, input: JsonValue, evaluate: Evaluate | null): FieldProblem[] {
  return [...check.fields.flatMap((field) => checkField(field, input, evaluate)), ...checkShape(check.schema, input)];
}

/** What is wrong with a value by a schema, as problems of its fields. */
export function checkShape(schema: JsonObject | null, value: JsonValue): FieldProblem[] {
  if (schema === null) return [];
  return checkAgainst(schema, value).map(({ path, message }) => ({
    field: path,
    step: "schema",
    value: masked(at(value, path)),
    reason: message,
  }));
}

/** What is wrong, in one sentence. */
export function inputMessage(problems: readonly FieldProblem[]): string {
  const [first] = problems;
  return problems.every(({ step }) => step === "schema") ? `the input does not match its schema: ${first?.reason}` : namesOf(problems);
}

function checkField(field: CheckedField, input: JsonValue, evaluate: Evaluate | null): FieldProblem[] {
  const raw = at(input, field.path);
  const problem = (step: string, value: JsonValue | undefined, reason: string): FieldProblem[] => [
    { field: field.path, step, value: masked(value), reason },
  ];
  const firstExpression = field.steps.findIndex(({ type }) => type === "expression");
  const steps = evaluate !== null || firstExpression === -1 ? field.steps : field.steps.slice(0, firstExpression);
  const { value, refused } = applySteps(steps, raw ?? null, evaluate === null ? noEvaluate : judging(evaluate));
  if (refused) return problem(refused.step, value, refused.reason);
  return field.required && isEmpty(value) && steps === field.steps ? problem("required", raw, "is required") : [];
}

/** The result of a check goes nowhere, so an expression that says `false` can only mean "no". */
function judging(evaluate: Evaluate): Evaluate {
  const cel: Evaluate["cel"] = (source, extra) => {
    const said = evaluate.cel(source, extra);
    if (said === false) throw new Refused(`does not meet ${source}`);
    return said;
  };
  return { ...evaluate, cel };
}

/** Never asked: the steps are cut off before. */
const noEvaluate: Evaluate = {
  cel: () => {
    throw new Refused("no expression can be worked out here");
  },
  template: (value) => value,
};

function at(value: JsonValue, path: string): JsonValue | undefined {
  return path.split(".").reduce<JsonValue | undefined>((inner, key) => (key === "" ? inner : own(inner, key)), value);
}

import type * as z from "zod";
import { ExpressionError } from "#lib/expressions/error.ts";
import { applySteps, isEmpty } from "#lib/graph/field-steps/apply.ts";
import { checkShape } from "#lib/graph/field-steps/check-input.ts";
import { type FieldProblem, masked, namesOf } from "#lib/graph/field-steps/problem.ts";
import { type Evaluate, NodeError, type NodeResult, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import type { validateTransform } from "./definition.ts";

type Config = z.output<typeof validateTransform.config>;
type Field = Config["fields"][number];

/**
 * The frozen input: the raw value of each target, which people may correct before a redrive. A target is absent when
 * its source does not exist; `unreadable` says why a source could not be worked out.
 */
type Input = { values: JsonObject; base?: JsonValue; unreadable?: JsonObject };

function prepare(config: Config, evaluate: Evaluate): Input {
  const values: JsonObject = {};
  const unreadable: JsonObject = {};
  for (const field of config.fields) {
    try {
      values[field.target] = evaluate.template(field.source);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      if (error.code !== "missing_path") unreadable[field.target] = error.message;
    }
  }
  return {
    values,
    ...(config.mode === "passthrough" && { base: evaluate.template(config.input) }),
    ...(Object.keys(unreadable).length > 0 && { unreadable }),
  };
}

function transform(config: Config, input: Input, evaluate: Evaluate): NodeResult {
  const problems: FieldProblem[] = [];
  const output = startOf(config, input, problems);
  for (const field of config.fields) {
    const value = fieldValue(field, input, evaluate, problems);
    if (value !== undefined) setPath(output, field.target, value);
  }
  if (problems.length === 0 && config.schema) problems.push(...checkShape(config.schema, output));
  return problems.length === 0 ? { port: "out", output } : rejected(problems, input);
}

function startOf(config: Config, input: Input, problems: FieldProblem[]): JsonObject {
  if (config.mode === "fields") return {};
  if (isJsonObject(input.base)) return { ...input.base };
  problems.push({ field: "", step: "input", value: masked(input.base), reason: "what passes through must be an object" });
  return {};
}

/** The finished value of a field; undefined when it was refused. Empty optional fields are null. */
function fieldValue(field: Field, input: Input, evaluate: Evaluate, problems: FieldProblem[]): JsonValue | undefined {
  const raw = own(input.values, field.target);
  const refuse = (step: string, value: JsonValue | undefined, reason: string): undefined => {
    problems.push({ field: field.target, step, value: masked(value), reason });
  };
  const unreadable = own(input.unreadable, field.target);
  if (raw === undefined && typeof unreadable === "string") return refuse("source", undefined, unreadable);
  const { value, refused } = applySteps(field.steps, raw === undefined || isEmpty(raw) ? (field.default ?? null) : raw, evaluate);
  if (refused) return refuse(refused.step, value, refused.reason);
  if (!isEmpty(value)) return value;
  return field.required ? refuse("required", raw, "is required") : null;
}

/** Sets `a.b.c`, copying what it goes through: the base belongs to the frozen input. */
function setPath(target: JsonObject, path: string, value: JsonValue): void {
  const keys = path.split(".");
  const last = keys.pop() ?? path;
  let at = target;
  for (const key of keys) {
    const inner = own(at, key);
    const copy: JsonObject = isJsonObject(inner) ? { ...inner } : {};
    at[key] = copy;
    at = copy;
  }
  at[last] = value;
}

function rejected(problems: FieldProblem[], input: Input): NodeResult {
  const frozen: JsonObject = { ...input };
  return {
    port: "rejected",
    output: { problems, input: frozen },
    failure: new NodeError("validation", "field_invalid", namesOf(problems), { details: problems }),
  };
}

export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate }) => prepare(config, evaluate),
  run: ({ config, input, context }) => {
    // People edit the frozen input, so its shape is checked again.
    if (!isJsonObject(input) || !isJsonObject(input.values))
      throw new NodeError("validation", "input_invalid", "the input must be an object with `values`");
    return transform(config, input, context.evaluate);
  },
};

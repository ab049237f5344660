import { ExpressionError, type ExpressionErrorCode } from "#lib/expressions/error.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { prepareInput } from "#lib/nodes/prepare.ts";
import { getDefinition, type NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { type HookAnswer, NodeError, type NodeOutcome, type NodeResult } from "#lib/nodes/runner.ts";
import { toError } from "#lib/shared/errors.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";

/*
 * What passes between a worker and its evaluator processes. Only JSON goes over, so errors are taken apart on one side
 * and put together again on the other. No secret is ever part of a scope.
 */

interface JobBase {
  nodeType: NodeTypeId;
  /** Parsed, with defaults. */
  config: JsonObject;
  scope: Scope;
  now: number;
  incoming: JsonObject;
}
export type PrepareJob = JobBase & { phase: "prepare" };
export type RunJob = JobBase & { phase: "run"; input: JsonValue };
export type EvaluatorJob = PrepareJob | RunJob;

export type PackedError =
  | { kind: "expression"; code: ExpressionErrorCode; message: string; source: string; position: number | null }
  | { kind: "node"; class: FailureClass; code: string; message: string; details: JsonValue }
  | { kind: "other"; message: string };

interface PackedResult {
  port: string;
  output: JsonValue;
  answer?: HookAnswer;
  failure?: PackedError;
}

export type JobReply =
  | { ok: true; input: JsonValue }
  | { ok: true; result: PackedResult | Exclude<NodeOutcome, NodeResult> }
  | { ok: false; error: PackedError };

/** What an evaluator process says. */
export interface EvaluatorMessage {
  kind: "ready" | "started" | "done";
  reply?: JobReply;
}

/** Ten times what a worker's own thread may do: here the clock is the limit. */
const maxSteps = 10_000_000;

/** Does one job. Never throws: what goes wrong is the reply. */
export async function performJob(job: EvaluatorJob): Promise<JobReply> {
  try {
    const definition = getDefinition(job.nodeType);
    if (!definition) throw new Error(`unknown node type ${job.nodeType}`);
    const runner = await loadRunner(job.nodeType);
    const evaluate = createEvaluate(job.scope, { maxSteps });
    if (job.phase === "prepare") {
      const { config, now, incoming } = job;
      return { ok: true, input: prepareInput(definition, runner, { config, evaluate, now, incoming }) };
    }
    const outbound = () => Promise.reject(new NodeError("code", "no_outbound", "an evaluator cannot call out"));
    const context = { signal: new AbortController().signal, now: job.now, evaluate, outbound };
    const outcome = await runner.run({ config: job.config, input: job.input, context });
    if (!("port" in outcome)) return { ok: true, result: outcome };
    const { failure, ...result } = outcome;
    return { ok: true, result: { ...result, ...(failure && { failure: packError(failure) }) } };
  } catch (thrown) {
    return { ok: false, error: packError(thrown) };
  }
}

function packError(thrown: unknown): PackedError {
  if (thrown instanceof ExpressionError) {
    return { kind: "expression", code: thrown.code, message: thrown.message, source: thrown.source, position: thrown.position };
  }
  if (thrown instanceof NodeError)
    return { kind: "node", class: thrown.failureClass, code: thrown.code, message: thrown.message, details: thrown.details };
  return { kind: "other", message: toError(thrown).message };
}

/** The error that was packed, of its own class again. */
export function unpackError(error: PackedError): Error {
  switch (error.kind) {
    case "expression":
      return new ExpressionError(error.code, error.message, { source: error.source, position: error.position });
    case "node":
      return new NodeError(error.class, error.code, error.message, { details: error.details });
    case "other":
      return new Error(error.message);
  }
}

/** The result that was packed. */
export function unpackResult(packed: PackedResult | Exclude<NodeOutcome, NodeResult>): NodeOutcome {
  if (!("port" in packed)) return packed;
  const { failure, ...result } = packed;
  const error = failure && unpackError(failure);
  return { ...result, ...(error instanceof NodeError && { failure: error }) };
}

import type * as z from "zod";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { scopeOf } from "#lib/expressions/test-scope.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { prepareInput } from "./prepare.ts";
import { getDefinition, type NodeTypeId } from "./registry.definitions.ts";
import { loadRunner } from "./registry.runners.ts";
import {
  type NodeContext,
  NodeError,
  type NodeOutcome,
  type NodeResult,
  type OutboundRequest,
  type OutboundResponse,
  type Outside,
} from "./runner.ts";

interface Options {
  /** What `trigger.body` is, or a whole scope. */
  body?: JsonValue;
  scope?: Scope;
  /** The frozen input as a person edited it. */
  input?: JsonValue;
  now?: number;
  incoming?: JsonObject;
  /** What has come for a node that waits. */
  outside?: Outside;
  mayBeDone?: true;
  respond?(request: OutboundRequest): OutboundResponse | Promise<OutboundResponse>;
}

/** The node's config parsed, with defaults. */
export function configOf(type: NodeTypeId, config: z.input<z.ZodType>): JsonObject {
  return getDefinition(type)?.config.parse(config) as JsonObject; // safe: every config schema is an object schema
}

/** A context whose remote is the given function. */
export function contextOf(options: Options): NodeContext {
  return {
    signal: new AbortController().signal,
    now: options.now ?? Date.parse("2026-01-31T09:30:00Z"),
    evaluate: createEvaluate(options.scope ?? scopeOf(options.body ?? null)),
    outbound: async (request) => {
      if (!options.respond) throw new NodeError("code", "no_remote", "this test has no remote");
      return options.respond(request);
    },
    ...(options.outside && { outside: options.outside }),
    ...(options.mayBeDone && { mayBeDone: options.mayBeDone }),
  };
}

/** Does with a node what the engine does: prepare, freeze as JSON, run. */
export async function outcomeOf(
  type: NodeTypeId,
  given: JsonObject,
  options: Options = {},
): Promise<{ input: JsonValue; outcome: NodeOutcome }> {
  const config = configOf(type, given);
  const definition = getDefinition(type);
  if (!definition) throw new Error(`no node type ${type}`);
  const runner = await loadRunner(type);
  const context = contextOf(options);
  const { evaluate, now } = context;
  const frozen = options.input ?? prepareInput(definition, runner, { config, evaluate, now, incoming: options.incoming ?? {} });
  const input: JsonValue = JSON.parse(JSON.stringify(frozen));
  return { input, outcome: await runner.run({ config, input, context }) };
}

/** The same for a node that does not wait. */
export async function runNode(
  type: NodeTypeId,
  given: JsonObject,
  options: Options = {},
): Promise<{ input: JsonValue; result: NodeResult }> {
  const { input, outcome } = await outcomeOf(type, given, options);
  if (!("port" in outcome)) throw new Error("the node has no result yet");
  return { input, result: outcome };
}

/** An answer of a remote. */
export function answer(status: number, body: JsonValue = null, headers: Record<string, string> = {}): OutboundResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: body === null ? "" : typeof body === "string" ? body : JSON.stringify(body),
    durationMs: 5,
  };
}

/** The NodeError that was thrown. */
export async function failureOf(work: Promise<unknown>): Promise<NodeError> {
  const thrown = await work.then(
    () => new Error("nothing was thrown"),
    (error: unknown) => error,
  );
  if (thrown instanceof NodeError) return thrown;
  throw thrown;
}

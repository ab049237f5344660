import type * as z from "zod";
import { ExpressionError } from "#lib/expressions/error.ts";
import { type NodeContext, NodeError, type NodeRunner, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { type Answer, failureOf, toAnswer } from "#lib/nodes/shared/answer.ts";
import { buildRequest, freezeRequest, requestProblems } from "#lib/nodes/shared/request.ts";
import { saysThrottled, throttledError } from "#lib/nodes/throttled-answer.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { httpRequest } from "./definition.ts";
import { afterPage, progressOf, requestAfter, resultOf } from "./pages.ts";

type Config = z.output<typeof httpRequest.config>;

function succeeded(config: Config, answer: Answer, response: OutboundResponse, context: NodeContext): boolean {
  const { success } = config.expect;
  if (success === undefined) return answer.status >= 200 && answer.status < 300;
  if (Array.isArray(success)) return success.includes(answer.status);
  // Of pages the step holds only those before: there is no whole result to be judged again.
  const failureClass = config.pagination.mode === "none" ? "output_invalid" : "permanent";
  const unexpected = (message: string, cause?: unknown): NodeError =>
    new NodeError(failureClass, "expect_failed", message, { response, mayHaveApplied: true, cause });
  try {
    const verdict = context.evaluate.cel(success, { response: { ...answer } });
    if (typeof verdict === "boolean") return verdict;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    // A failing answer rarely has the shape the condition expects; its status tells more than the broken condition.
    if (answer.status >= 400) return false;
    throw unexpected(`the success condition could not be worked out: ${error.message}`, error);
  }
  throw unexpected("the success condition is neither true nor false");
}

const goneStatuses: ReadonlySet<number> = new Set([404, 410]);

/** A DELETE that is made again, because nobody knows what became of the first, and finds nothing: the first had done it (engine.md 1.3, natural). */
function foundDone(config: Config, request: OutboundRequest, { status }: Answer, context: NodeContext): boolean {
  return config.expect.success === undefined && context.mayBeDone === true && request.method === "DELETE" && goneStatuses.has(status);
}

function failure(request: OutboundRequest, response: OutboundResponse, now: number): NodeError {
  const { status } = response;
  if (status >= 200 && status < 300) {
    return new NodeError("permanent", "unexpected_response", `the answer (${status}) does not meet the success condition`, {
      response,
      mayHaveApplied: true,
    });
  }
  return failureOf(request, response, now);
}

export const run: NodeRunner<Config, JsonValue> = {
  problemsOf: requestProblems,
  prepare: ({ config, evaluate }) => freezeRequest(config, evaluate),
  run: async ({ config, input, context }) => {
    const by = config.pagination.mode === "none" ? null : config.pagination;
    const progress = by && progressOf(context, input);
    const request = by ? requestAfter(buildRequest(input), by, progress) : buildRequest(input);
    const response = await context.outbound(request);
    const { throttled } = config.expect;
    if (throttled !== undefined && saysThrottled(throttled, context.evaluate, response))
      throw throttledError(request, response, context.now);
    const answer = toAnswer(response);
    if (!succeeded(config, answer, response, context) && !foundDone(config, request, answer, context))
      throw failure(request, response, context.now);
    if (by) return resultOf(afterPage({ by, input, request, answer, length: response.body.length, progress, context }), config.output);
    return { port: "out", output: config.output === "full" ? answer : answer.body };
  },
};

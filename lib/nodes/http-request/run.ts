import type * as z from "zod";
import { ExpressionError } from "#lib/expressions/error.ts";
import { type NodeContext, NodeError, type NodeRunner, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { parseBody, saysThrottled, throttledError } from "#lib/nodes/throttled-answer.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { classify } from "./classify.ts";
import type { httpRequest } from "./definition.ts";
import { buildRequest } from "./request.ts";

type Config = z.output<typeof httpRequest.config>;

type Answer = { status: number; headers: Record<string, string>; body: JsonValue };

function succeeded(config: Config, answer: Answer, response: OutboundResponse, context: NodeContext): boolean {
  const { success } = config.expect;
  if (success === undefined) return answer.status >= 200 && answer.status < 300;
  if (Array.isArray(success)) return success.includes(answer.status);
  const unexpected = (message: string, cause?: unknown): NodeError =>
    new NodeError("output_invalid", "expect_failed", message, { response, mayHaveApplied: true, cause });
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

function failure(request: OutboundRequest, response: OutboundResponse, now: number): NodeError {
  const { status } = response;
  if (status >= 200 && status < 300) {
    return new NodeError("permanent", "unexpected_response", `the answer (${status}) does not meet the success condition`, {
      response,
      mayHaveApplied: true,
    });
  }
  const judged = classify(response, now);
  if (judged.class === "throttled") return throttledError(request, response, now);
  return new NodeError(judged.class, `http_${status}`, `${request.method} ${new URL(request.url).host} answered ${status}`, {
    response,
    mayHaveApplied: judged.mayHaveApplied,
    retryAfterMs: judged.retryAfterMs,
  });
}

/** The field of the frozen input that each refusal of buildRequest is about. */
const fieldOf: Readonly<Record<string, string>> = {
  method_invalid: "method",
  url_invalid: "url",
  header_invalid: "headers",
  body_invalid: "body",
};

export const run: NodeRunner<Config, JsonValue> = {
  problemsOf: (input) => {
    try {
      buildRequest(input);
      return [];
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      return [{ path: fieldOf[error.code] ?? "", message: error.message }];
    }
  },
  prepare: ({ config, evaluate }) => {
    const { method, url, query, headers, body, bodyType } = config;
    const frozen: JsonObject = {
      method,
      url: evaluate.template(url),
      query: evaluate.template(query),
      headers: evaluate.template(headers),
    };
    if (body !== undefined) {
      frozen.body = evaluate.template(body);
      frozen.bodyType = bodyType;
    }
    return frozen;
  },
  run: async ({ config, input, context }) => {
    const request = buildRequest(input);
    const response = await context.outbound(request);
    const { throttled } = config.expect;
    if (throttled !== undefined && saysThrottled(throttled, context.evaluate, response))
      throw throttledError(request, response, context.now);
    const answer: Answer = { status: response.status, headers: response.headers, body: parseBody(response) };
    if (!succeeded(config, answer, response, context)) throw failure(request, response, context.now);
    return { port: "out", output: config.output === "full" ? answer : answer.body };
  },
};

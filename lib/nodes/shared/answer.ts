import { NodeError, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { parseBody, throttledError } from "#lib/nodes/throttled-answer.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { classify } from "./classify.ts";

/** What conditions see as `response`, and what a step hands on. */
export type Answer = { status: number; headers: Record<string, string>; body: JsonValue };

/** The answer with its body read: JSON when it says so and is, else text; null when there is none. */
export function toAnswer(response: OutboundResponse): Answer {
  return { status: response.status, headers: response.headers, body: parseBody(response) };
}

/** What an answer that is not a success means, by its status and headers. */
export function failureOf(request: OutboundRequest, response: OutboundResponse, now: number): NodeError {
  const { status } = response;
  const judged = classify(response, now);
  if (judged.class === "throttled") return throttledError(request, response, now);
  return new NodeError(judged.class, `http_${status}`, `${request.method} ${new URL(request.url).host} answered ${status}`, {
    response,
    mayHaveApplied: judged.mayHaveApplied,
    retryAfterMs: judged.retryAfterMs,
  });
}

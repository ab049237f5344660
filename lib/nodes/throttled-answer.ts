import { ExpressionError } from "#lib/expressions/error.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { maxWaitMs, serverWaitMs } from "#lib/shared/rate-headers.ts";
import { type Evaluate, NodeError, type OutboundRequest, type OutboundResponse } from "./runner.ts";

/** A 403 that is a limit and says no time: such limits punish those who come back soon. */
const forbiddenWaitMs = 60_000;
const abnormalUsage = "abnormal_usage";
/** For all who share the connection: going on as before is what the remote complains of. */
const abnormalPauseMs = 60_000;

/** The answer's body: JSON when it says so and is, else text; null when there is none. */
export function parseBody(response: OutboundResponse): JsonValue {
  const type = response.headers["content-type"] ?? "";
  if (response.body === "") return null;
  if (!/[/+]json\b/i.test(type)) return response.body;
  try {
    const body: JsonValue = JSON.parse(response.body);
    return body;
  } catch {
    return response.body;
  }
}

/** Whether the author's rule calls this answer a refusal for being too fast. A rule that cannot be worked out for it says no. */
export function saysThrottled(rule: string, evaluate: Evaluate, response: OutboundResponse): boolean {
  try {
    const { status, headers } = response;
    return evaluate.cel(rule, { response: { status, headers, body: parseBody(response) } }) === true;
  } catch (error) {
    // Most answers lack the field that the rule asks for.
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** The problem types of the RateLimit draft that mean more than "later" (draft-ietf-httpapi-ratelimit-headers, engine.md 1.2). */
const limitProblems = ["temporary-reduced-capacity", "abnormal-usage-detected"] as const;
export type LimitProblem = (typeof limitProblems)[number];

/** Which of them an answer names; null for any other, a quota that is used up among them. */
export function limitProblemOf(response: OutboundResponse): LimitProblem | null {
  if (!/^application\/problem\+json\b/i.test(response.headers["content-type"] ?? "")) return null;
  const body = parseBody(response);
  const type = isJsonObject(body) && typeof body.type === "string" ? body.type : "";
  return limitProblems.find((problem) => type.endsWith(`#${problem}`)) ?? null;
}

/** How long an answer that is a limit asks us to stay away; undefined when it leaves that open. */
export function throttledWaitMs(response: OutboundResponse, now: number): number | undefined {
  return serverWaitMs(response.headers, now) ?? (response.status === 403 ? forbiddenWaitMs : undefined);
}

/** Of a failed call: whether the remote turned it away for how much is asked of it. */
export function isTurnedAway(error: NodeError): boolean {
  return error.failureClass === "throttled" || error.code === abnormalUsage;
}

/** The remote turned the call away for being too fast, whatever status it answered with. One that calls our use abnormal is not asked again. */
export function throttledError(request: OutboundRequest, response: OutboundResponse, now: number): NodeError {
  const retryAfterMs = throttledWaitMs(response, now);
  const host = URL.parse(request.url)?.host ?? "the remote";
  if (limitProblemOf(response) === "abnormal-usage-detected") {
    const message = `${request.method} ${host} answered ${response.status}: it holds this use of it to be abnormal. Nothing is repeated until a person has looked into it`;
    return new NodeError("permanent", abnormalUsage, message, {
      response,
      retryAfterMs: retryAfterMs ?? abnormalPauseMs,
      mayHaveApplied: false,
    });
  }
  const plain = response.status === 429 || response.status === 503 || response.status === 403;
  const clamped = retryAfterMs === maxWaitMs ? "; it asks for a pause of a day or more, and is asked again after a day" : "";
  const message = `${request.method} ${host} answered ${response.status}${plain ? "" : ", which says too many calls"}${clamped}`;
  return new NodeError("throttled", `http_${response.status}`, message, { response, retryAfterMs, mayHaveApplied: false });
}

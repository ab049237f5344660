import type * as z from "zod";
import { ExpressionError } from "#lib/expressions/error.ts";
import { type Evaluate, NodeError, type NodeResult, type NodeRunner, type Outside, type Received } from "#lib/nodes/runner.ts";
import { type Answer, failureOf, toAnswer } from "#lib/nodes/shared/answer.ts";
import { buildRequest, freezeRequest, requestProblems } from "#lib/nodes/shared/request.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { serverWaitMs } from "#lib/shared/rate-headers.ts";
import type { pollUntil } from "./definition.ts";

type Config = z.output<typeof pollUntil.config>;

/** A condition that cannot be worked out would be as wrong at the next answer: it is not polled on. */
function isMet(condition: string, answer: Answer, evaluate: Evaluate): boolean {
  let verdict: JsonValue;
  try {
    verdict = evaluate.cel(condition, { response: answer });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const hint = "write .? before a field that may be missing";
    throw new NodeError("permanent", "poll_condition", `a condition could not be worked out: ${error.message} (${hint})`, { cause: error });
  }
  if (typeof verdict === "boolean") return verdict;
  throw new NodeError("permanent", "poll_condition", `the condition ${condition} is neither true nor false`);
}

function handOn(config: Config, answer: Answer, via: "poll" | "callback"): JsonValue {
  return config.output === "full" ? { ...answer, via } : answer.body;
}

function failedWith(output: JsonValue): NodeResult {
  return {
    port: "failed",
    output,
    failure: new NodeError("permanent", "job_failed", "the remote says that its job failed", { details: output }),
  };
}

/** What a call back brought, as if it had been an answer. */
function toCallbackAnswer({ payload }: Received): Answer {
  const { body = null, headers } = isJsonObject(payload) ? payload : {};
  const texts = Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [name, String(value)] as const);
  return { status: 200, headers: Object.fromEntries(texts), body };
}

function settled(config: Config, { received, isOver, untilMs }: Outside, evaluate: Evaluate): NodeResult | null {
  if (received) {
    const answer = toCallbackAnswer(received);
    const output = handOn(config, answer, "callback");
    return config.failed !== undefined && isMet(config.failed, answer, evaluate) ? failedWith(output) : { port: "out", output };
  }
  if (!isOver) return null;
  const failure = new NodeError("timeout", "poll_timeout", "the job was not done in time");
  return { port: "timeout", output: { until: new Date(untilMs).toISOString() }, failure };
}

export const run: NodeRunner<Config, JsonObject> = {
  problemsOf: requestProblems,
  prepare: ({ config, evaluate }) => freezeRequest(config.request, evaluate),
  run: async ({ config, input, context }) => {
    const { evaluate, outside } = context;
    const end = outside ? settled(config, outside, evaluate) : null;
    if (end) return end;
    const request = buildRequest(input);
    const response = await context.outbound(request);
    if (response.status >= 400) throw failureOf(request, response, context.now);
    const answer = toAnswer(response);
    if (config.failed !== undefined && isMet(config.failed, answer, evaluate)) return failedWith(handOn(config, answer, "poll"));
    if (isMet(config.done, answer, evaluate)) return { port: "out", output: handOn(config, answer, "poll") };
    return { pending: { retryAfterMs: serverWaitMs(response.headers, context.now) } };
  },
};

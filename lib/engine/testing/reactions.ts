import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { Reaction, ReceivedCall, RemoteAnswer } from "./call.ts";

/*
 * The faults a fake remote can be scripted with. Each is a reaction to one call: whether and when the remote does as asked, and
 * what the caller gets to see of it. `apply` is what makes an effect in the ledger.
 */

/** What a call that was done is answered with. */
export const done = (status = 200): Reaction => ({ apply: "now", answer: { status } });

/** Done, and the caller never learns it: the socket is cut. */
export const applyThenDrop: Reaction = { apply: "now", answer: "drop" };

/** Done, and answered with an error all the same. */
export const applyThenFail = (status: number): Reaction => ({
  apply: "now",
  answer: { status, body: { error: "failed after it was done" } },
});

/** The socket is cut before anything is done. */
export const dropBefore: Reaction = { apply: "never", answer: "drop" };

/** Not done, and said so. */
export const refuse = (status: number, body: JsonValue = { error: "refused" }, headers: Record<string, string> = {}): Reaction => ({
  apply: "never",
  answer: { status, body, headers },
});

/** Done at once; the answer takes its time. */
export const slow = (delayMs: number): Reaction => ({ apply: "now", answer: { status: 200 }, answerAfterMs: delayMs });

/** Not answered. The work is done so long after the caller has given up and cut the socket: the reason why a look-up must wait. */
export const lateExecution = (afterAbortMs: number): Reaction => ({ apply: "after-abort", applyAfterMs: afterAbortMs, answer: "silence" });

/** All the ways in which remotes say "too many". None of them does anything. */
export const rateLimited = {
  seconds: (seconds: number) => refuse(429, { error: "rate limited" }, { "retry-after": String(seconds) }),
  date: (at: Date) => refuse(429, { error: "rate limited" }, { "retry-after": at.toUTCString() }),
  rateLimitHeader: (seconds: number) => refuse(429, { error: "rate limited" }, { ratelimit: `"default";r=0;t=${seconds}` }),
  xRateLimit: (resetAtSeconds: number) =>
    refuse(429, { error: "rate limited" }, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(resetAtSeconds) }),
  bare: refuse(429, { error: "rate limited" }),
  forbidden: (seconds: number) => refuse(403, { message: "API rate limit exceeded" }, { "retry-after": String(seconds) }),
  ok: refuse(200, { ok: false, error: "ratelimited" }),
  serverError: refuse(500, { error: { code: "rate_limit_exceeded" } }),
} as const;

/** A batch call of which some items are refused: the others are applied, the answer tells of each. Items are `{ id }` in `items`. */
export const partialBatch = (isRefused: (id: string) => boolean): Reaction => ({
  apply: "now",
  identities: (call) => idsOf(call).filter((id) => !isRefused(id)),
  answer: (call) => ({
    status: 200,
    body: { results: idsOf(call).map((id) => (isRefused(id) ? { id, error: "refused" } : { id, ok: true })) },
  }),
});

/** A batch call that is refused as a whole while one item is in it. */
export const poisonBatch = (poison: string): ((call: ReceivedCall) => Reaction) => {
  const whole: Reaction = { ...partialBatch(() => false) };
  return (call) => (idsOf(call).includes(poison) ? refuse(400, { error: "the batch holds an item that cannot be read" }) : whole);
};

/** The ids of the items of a batch call. */
export function idsOf(call: ReceivedCall): string[] {
  const items = isJsonObject(call.body) && Array.isArray(call.body.items) ? call.body.items : [];
  return items.map((item) => (isJsonObject(item) ? String(item.id) : String(item)));
}

/** The marker a search is for: `?marker=…`. */
export function markerOf(call: ReceivedCall): string | null {
  return call.url.searchParams.get("marker");
}

export function answerOf(reaction: Reaction, call: ReceivedCall, ownBody: JsonObject): RemoteAnswer {
  const answer = typeof reaction.answer === "function" ? reaction.answer(call) : reaction.answer;
  return answer === "drop" || answer === "silence" ? answer : { ...answer, body: answer.body === undefined ? ownBody : answer.body };
}

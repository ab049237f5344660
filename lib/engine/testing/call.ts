import type { JsonValue } from "#lib/shared/json.ts";

/** A call as it arrived: what the checker judges limits and repeats by. */
export interface ReceivedCall {
  /** The how-manieth call on its path, from 1. */
  nth: number;
  method: string;
  url: URL;
  path: string;
  headers: Record<string, string>;
  /** The idempotency key it came with. */
  key: string | null;
  body: JsonValue;
  /** The body's bytes as text: a repeat must be byte-identical. */
  text: string;
  /** When its head arrived, Unix ms with fractions. */
  atMs: number;
}

/** One change the remote made. Two of one identity are a doubled effect. */
export interface Effect {
  path: string;
  /** The idempotency key, or else what the call itself says it is: `id` or `marker` in the body. */
  identity: string;
  key: string | null;
  atMs: number;
  body: JsonValue;
}

export interface HttpAnswer {
  status: number;
  /** Left out: what the remote says of the effect, `{ id, marker }`. */
  body?: JsonValue;
  headers?: Record<string, string>;
}

/** `drop` cuts the socket, `silence` lets the caller wait. */
export type RemoteAnswer = HttpAnswer | "drop" | "silence";

export interface Reaction {
  apply: "now" | "never" | "after-abort";
  applyAfterMs?: number;
  /** What the call does, by identity. Left out: one effect under the call's own. */
  identities?: (call: ReceivedCall) => string[];
  answer: RemoteAnswer | ((call: ReceivedCall) => RemoteAnswer);
  answerAfterMs?: number;
}

/** Reactions to the first, second, … call on a path, the last one for all that follow; or one for each call. */
export type Script = Reaction | Reaction[] | ((call: ReceivedCall) => Reaction | Promise<Reaction>);

import { dueAt, emptyLog, recordGrant, type Window, type WindowLog } from "#lib/policies/throttle.ts";

/** A channel is a person: more than this in a minute nobody reads. */
export const channelWindow: Window = { limit: 20, periodMs: 60_000 };

/** Where more issues than this wait to be told of for the first time, one message tells of all. */
export const digestAbove = 5;

export interface DueAlert {
  id: string;
  /** The issue and what happened to it: several rules may speak of the same. */
  about: string;
  /** Of an earlier attempt: whoever went out together goes out together again. */
  messageId: string | null;
}

export interface MessagePlan {
  /** The alerts of the next message, and its id when it was tried before. Null: nothing goes out now. */
  message: { messageId: string | null; alertIds: string[] } | null;
  /** When there is room again in the channel's limit, where that is what holds a message back. */
  resumeAtMs: number | null;
  /** Times of the grants that still count, with this one. */
  grants: number[];
}

/**
 * Which message goes out next. What was tried before goes first, as the message it was; new issues are told of one by one or, when
 * there are many, all in one. What is above the channel's limit stays where it is.
 */
export function planMessage(given: { due: readonly DueAlert[]; grants: readonly number[]; now: number }): MessagePlan {
  const { due, now } = given;
  const log: WindowLog = given.grants.reduce((kept, atMs) => recordGrant(kept, channelWindow, { atMs, now }), emptyLog);
  const [first] = due.toSorted((a, b) => Number(a.messageId === null) - Number(b.messageId === null));
  if (first === undefined) return { message: null, resumeAtMs: null, grants: [...log.groups] };
  const atMs = dueAt(log, channelWindow, { from: now, ahead: 0 });
  if (atMs > now) return { message: null, resumeAtMs: atMs, grants: [...log.groups] };
  const alike = due.filter(({ messageId }) => messageId === first.messageId);
  const isDigest = new Set(alike.map(({ about }) => about)).size > digestAbove;
  const together = first.messageId !== null || isDigest ? alike : alike.filter(({ about }) => about === first.about);
  const message = { messageId: first.messageId, alertIds: together.map(({ id }) => id) };
  return { message, resumeAtMs: null, grants: [...recordGrant(log, channelWindow, { atMs, now }).groups] };
}

import type { StepEffect } from "./defaults.ts";
import { mayRepeat } from "./recovery.ts";

/** Calls of one step that may have been applied, and of which that is not known yet. Stored with the step. */
export interface Unsettled {
  firstSentAtMs: number;
  lastSentAtMs: number;
  /** The last one was answered with an error, which a remote that stores answers gives again for the same key. */
  answered: boolean;
  /** No more calls are to follow, so that what became of the last is looked up although it could be repeated. */
  lookFirst: boolean;
  /** Looks made since the last call. */
  looks: number;
  lookedAtMs: number | null;
}

/** How often the remote is asked before the answer counts. */
export const maxLooks = 3;
/** From one look to the next the wait grows by this. */
const lookBackoff = 3;
const maxKeyMarginMs = 900_000;

/** A call was sent whose outcome is not known. What was learned by looking before it says nothing about it. */
export function noteUnknown(before: Unsettled | null, call: { sentAtMs: number; answered: boolean }): Unsettled {
  return {
    firstSentAtMs: Math.min(before?.firstSentAtMs ?? call.sentAtMs, call.sentAtMs),
    lastSentAtMs: Math.max(before?.lastSentAtMs ?? call.sentAtMs, call.sentAtMs),
    answered: call.answered,
    lookFirst: false,
    looks: 0,
    lookedAtMs: null,
  };
}

export interface RepeatRules {
  effect: StepEffect;
  /** The author said how to look the call up. */
  canLook: boolean;
  timeoutMs: number;
  settleDelayMs: number;
  remoteKeyTtlMs: number;
  /** For a known key the remote gives its stored answer again, errors too. */
  replaysErrors: boolean;
}

export type BeforeSend =
  | { next: "send" }
  /** Ask the remote first, not before that time. */
  | { next: "look"; atMs: number }
  | { next: "unknown-outcome" };

/**
 * Whether a step with calls of unknown outcome may make its call (again), has to look first, or must leave it to a person
 * (engine.md 1.3). A keyed call is sent again only while its remote is sure to remember the key.
 */
export function beforeSend(unsettled: Unsettled | null, a: RepeatRules & { now: number }): BeforeSend {
  if (unsettled === null) return { next: "send" };
  if (mayRepeat(a.effect) && !(unsettled.lookFirst && a.canLook) && (a.effect !== "keyed" || keyHolds(unsettled, a)))
    return { next: "send" };
  if (!a.canLook || a.effect === "unsafe") return { next: "unknown-outcome" };
  return { next: "look", atMs: lookAtMs(unsettled, a) };
}

function keyHolds(unsettled: Unsettled, a: RepeatRules & { now: number }): boolean {
  if (a.replaysErrors && unsettled.answered) return false;
  const marginMs = Math.min(maxKeyMarginMs, a.remoteKeyTtlMs / 10);
  return a.now < unsettled.firstSentAtMs + a.remoteKeyTtlMs - marginMs;
}

/** The first look comes when a call that was cut off can no longer be under way; each later one waits three times as long. */
function lookAtMs(unsettled: Unsettled, a: RepeatRules): number {
  if (unsettled.lookedAtMs === null) return unsettled.lastSentAtMs + a.timeoutMs + a.settleDelayMs;
  return unsettled.lookedAtMs + a.settleDelayMs * lookBackoff ** unsettled.looks;
}

export type Seen = "found" | "absent" | "unclear";

export type AfterLook =
  /** It was applied; what was found is the step's result. */
  | { next: "adopt" }
  /** It was not applied, so the call may be made (again); under a new key where the remote has stored an error to the old one. */
  | { next: "absent"; newKey: boolean }
  | { next: "look-again"; unsettled: Unsettled }
  | { next: "unknown-outcome" };

/**
 * What follows a look. Found settles it at once. That nothing was found may only mean that the remote's index lags, so
 * absence counts when the last look says it; if that one failed or its answer cannot be judged, a person decides.
 */
export function afterLook(unsettled: Unsettled, a: Pick<RepeatRules, "effect" | "replaysErrors"> & { seen: Seen; now: number }): AfterLook {
  if (a.seen === "found") return { next: "adopt" };
  const looks = unsettled.looks + 1;
  if (looks < maxLooks) return { next: "look-again", unsettled: { ...unsettled, looks, lookedAtMs: a.now } };
  if (a.seen === "unclear") return { next: "unknown-outcome" };
  return { next: "absent", newKey: a.effect === "keyed" && a.replaysErrors && unsettled.answered };
}

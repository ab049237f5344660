/* What becomes of an issue by itself: when a snooze ends, when it escalates, when it is over. Pure; the keeper applies it. */

/** Under which conditions a snoozed issue comes back; any of them is enough. */
export interface Snooze {
  /** Unix ms. */
  untilMs: number | null;
  /** So many more failures. */
  moreItems: number | null;
  ratePerMinute: number | null;
  /** A newer version than was live then. */
  newerVersion: boolean;
  /** How things stood when it was snoozed. */
  countAt: number;
  versionAt: number | null;
}

export interface IssueFacts {
  status: "open" | "acknowledged" | "snoozed";
  escalating: boolean;
  /** It is about a state of things and not about items: whoever sees that state opens and resolves it. */
  ofState: { over: boolean } | null;
  snooze: Snooze | null;
  count: number;
  liveVersion: number | null;
  now: number;
  firstSeenAtMs: number;
  lastSeenAtMs: number;
  /** New items. */
  last5Minutes: number;
  lastHour: number;
  /** The seven days before the last hour. */
  weekBefore: number;
  /** Runs begun after the last failure in which its node succeeded; counted up to `healthyRuns`. */
  successesSince: number;
}

export type IssueVerdict = { act: "resolve" | "unsnooze" | "escalate" | "calm"; reason: string } | null;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** So many successes of its node in a row, and the cause counts as gone. */
export const healthyRuns = 20;
const quietDays = 14;
/** Fewer in an hour are no escalation, whatever was usual. */
const escalationFloor = 20;
const escalationFactor = 5;

/** Judges one issue that is not settled. Null: it stays as it is. */
export function judgeIssue(facts: IssueFacts): IssueVerdict {
  if (facts.status === "snoozed") {
    const reason = facts.snooze === null ? "it was snoozed without an end" : snoozeEnded(facts.snooze, facts);
    if (reason !== null && facts.ofState?.over) return { act: "resolve", reason: "it was over before its snooze" };
    return reason === null ? null : { act: "unsnooze", reason };
  }
  if (facts.ofState !== null) return null;
  if (facts.successesSince >= healthyRuns) return { act: "resolve", reason: `its step has succeeded ${healthyRuns} times since` };
  if (facts.now - facts.lastSeenAtMs >= quietDays * dayMs) return { act: "resolve", reason: `nothing of it for ${quietDays} days` };
  const threshold = escalationThreshold(facts);
  if (!facts.escalating && facts.lastHour >= threshold) {
    return { act: "escalate", reason: `${facts.lastHour} in the last hour; up to ${Math.ceil(threshold) - 1} were to be expected` };
  }
  if (facts.escalating && facts.lastHour < threshold / 2) return { act: "calm", reason: "back to its usual rate" };
  return null;
}

/**
 * How many in an hour are too many: several times the hourly mean of the week before, or since it was first seen. A young issue has
 * nothing to be compared with: that it is new has been told already.
 */
export function escalationThreshold(facts: Pick<IssueFacts, "now" | "firstSeenAtMs" | "weekBefore">): number {
  const knownHours = (facts.now - facts.firstSeenAtMs) / hourMs - 1;
  if (knownHours < 6) return Number.POSITIVE_INFINITY;
  const usual = facts.weekBefore / Math.min(knownHours, 7 * 24);
  return Math.max(escalationFloor, escalationFactor * usual);
}

/** Why a snooze is over, in words; null while it is not. */
export function snoozeEnded(snooze: Snooze, facts: Pick<IssueFacts, "now" | "count" | "last5Minutes" | "liveVersion">): string | null {
  if (snooze.untilMs !== null && facts.now >= snooze.untilMs) return "its time has come";
  const more = facts.count - snooze.countAt;
  if (snooze.moreItems !== null && more >= snooze.moreItems) return `${more} more since it was snoozed`;
  const rate = facts.last5Minutes / 5;
  if (snooze.ratePerMinute !== null && facts.last5Minutes > 0 && rate >= snooze.ratePerMinute) return `${rate} a minute`;
  if (snooze.newerVersion && (facts.liveVersion ?? 0) > (snooze.versionAt ?? 0)) return `version ${facts.liveVersion} is live`;
  return null;
}

/** What became of one attempt to deliver a message. */
export interface Answer {
  /** Null: there was no answer. */
  status: number | null;
  /** In words, for people. */
  text: string;
  /** What the remote asked for. */
  retryAfterMs: number | null;
}

export type Verdict =
  | { next: "sent" }
  /** `pauseMs`: for so long nothing else is sent through the channel either; what comes meanwhile gathers. */
  | { next: "retry"; inMs: number; pauseMs: number }
  | { next: "failed" }
  /** The channel is at its end. */
  | { next: "disable"; reason: string };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after the first attempt, second attempt and so on; those of Svix. */
export const retryWaitsMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour] as const;

/** A channel with nothing but failures for so long is turned off. */
export const patienceMs = 5 * 24 * hour;

/** Those that say "slower". */
const slowStatuses = new Set([429, 502, 504]);

/** Of a remote that asks for a wait without saying how long. */
const slowDownMs = minute;

/** A channel that is down for hours is tried this often all the same, by whatever else waits. */
const maxPauseMs = 5 * minute;

/**
 * What follows from an answer. Everything but a 2xx is a failure, redirects too: the address is to be mended by a person.
 * `attempts` counts this one; `failingForMs`: for how long the channel has had only failures before it.
 */
export function judgeAnswer(answer: Answer, given: { attempts: number; failingForMs: number }): Verdict {
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) return { next: "sent" };
  if (status === 410) return { next: "disable", reason: "it answered 410: this address is gone for good" };
  if (given.failingForMs >= patienceMs)
    return { next: "disable", reason: `nothing got through for five days; the last answer: ${answer.text}` };
  const waitMs = retryWaitsMs[given.attempts - 1];
  if (waitMs === undefined) return { next: "failed" };
  const slowDown = status !== null && slowStatuses.has(status);
  const askedMs = answer.retryAfterMs ?? (slowDown ? slowDownMs : 0);
  return { next: "retry", inMs: Math.max(waitMs, askedMs), pauseMs: Math.max(Math.min(waitMs, maxPauseMs), askedMs) };
}

/*
 * How a bulk redrive goes on: when to let the next items go, and when to stop and ask. Pure; the ledger keeps the state and does
 * what is decided (engine.md 1.8: oldest first, with velocity, cancellable, behind live traffic).
 */

export interface RedriveProgress {
  waiting: number;
  running: number;
  succeeded: number;
  failed: number;
  skipped: number;
}

export interface RedriveState extends RedriveProgress {
  status: "running" | "paused" | "canceled";
  ratePerSecond: number;
  /** Of the first so many the outcome is awaited before the rest; 0: none. */
  canary: number;
  canaryPassed: boolean;
  /** Null: failures do not stop it. */
  stopAfterFailures: number | null;
  /** Failures somebody has seen and gone on from. */
  failuresBase: number;
  nextAtMs: number;
  now: number;
}

export interface RedriveDecision {
  release: number;
  nextAtMs: number;
  canaryPassed: boolean;
  /** Why a person is asked before it goes on. */
  pause: "canary_failed" | "too_many_failures" | null;
  /** Nothing waits and nothing runs any more. */
  finished: boolean;
  /** When to look again; null: when somebody says so. */
  lookAgainAtMs: number | null;
}

/** Items are released in small groups, not each with a transaction of its own. */
const tickMs = 200;
/** How often the items under way are looked after when nothing else is to be done. */
const settleMs = 500;
/** What was not released while nobody was there is made up for by no more than this much at once. */
const catchUpMs = 1_000;
/** More are not under way at once: with a remote that is down they would only wait inside the engine instead of outside. */
const maxRunning = 1_000;

/** Decides what a bulk redrive does now. May be asked at any time, by anybody, as often as one likes. */
export function decideRedrive(state: RedriveState): RedriveDecision {
  const idle = { release: 0, nextAtMs: state.nextAtMs, canaryPassed: state.canaryPassed, pause: null, finished: false };
  if (state.waiting === 0 && state.running === 0) return { ...idle, finished: true, lookAgainAtMs: null };
  const settling = state.running > 0 ? state.now + settleMs : null;
  if (state.status !== "running" || state.waiting === 0) return { ...idle, lookAgainAtMs: settling };
  const failures = state.failed - state.failuresBase;
  if (state.stopAfterFailures !== null && failures >= state.stopAfterFailures) {
    return { ...idle, pause: "too_many_failures", lookAgainAtMs: settling };
  }
  const trial = judgeCanary(state, failures);
  if (trial === "failed") return { ...idle, pause: "canary_failed", lookAgainAtMs: settling };
  const canaryPassed = state.canaryPassed || trial === "passed";
  const { due, nextAtMs } = dueNow(state);
  const allowed = Math.min(due, state.waiting, maxRunning - state.running, trial === "passed" ? Number.POSITIVE_INFINITY : trial);
  const release = Math.max(0, allowed);
  const held = trial === 0 || state.running + release >= maxRunning;
  const afterHold = release === 0 ? state.nextAtMs : state.now + release * intervalMs(state);
  const next = release === due ? nextAtMs : afterHold;
  return {
    release,
    nextAtMs: next,
    canaryPassed,
    pause: null,
    finished: false,
    lookAgainAtMs: held ? state.now + settleMs : Math.max(state.now + tickMs, next),
  };
}

/** How many more may be tried before the canary has sung. */
function judgeCanary(state: RedriveState, failures: number): number | "passed" | "failed" {
  if (state.canaryPassed || state.canary === 0) return "passed";
  const tried = state.running + state.succeeded + state.failed;
  if (tried < state.canary) return state.canary - tried;
  if (state.running > 0) return 0;
  return failures > 0 ? "failed" : "passed";
}

function intervalMs(state: RedriveState): number {
  return 1_000 / state.ratePerSecond;
}

/** How many the rate allows by now, and when it allows the one after them. */
function dueNow(state: RedriveState): { due: number; nextAtMs: number } {
  const interval = intervalMs(state);
  const from = Math.max(state.nextAtMs, state.now - catchUpMs);
  const due = Math.max(0, Math.floor((state.now - from) / interval) + 1);
  return { due, nextAtMs: from + due * interval };
}

/** How long `items` calls take under a window, when nothing else uses it. */
export function timeUnderWindows(items: number, windows: readonly { limit: number; perMs: number }[]): number {
  return Math.max(0, ...windows.map(({ limit, perMs }) => Math.floor(Math.max(0, items - 1) / limit) * perMs));
}

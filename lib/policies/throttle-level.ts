import type { Window } from "./throttle.ts";

/**
 * How much of its limit a window may use, as a model of `throttle_level` and `throttle_slow_down` in the database.
 *
 * A remote that turns a call away without saying for how long tells that we are too fast. The level falls to 0.7 of
 * itself and rises by 5 % of the limit after each full period without another such answer. The level that failed is
 * remembered as a wall, which is tried again only after twenty periods (for long ones: ten minutes, at least one period):
 * climbing into it every few periods would keep the share of refused calls well above 1 %.
 */
export interface LoweredLevel {
  /** What it was lowered to. */
  level: number;
  /** The level at which the remote turned a call away. */
  wall: number;
  loweredAtMs: number;
}

const maxWallMs = 600_000;
const wallPeriods = 20;

/** Worked out from the last lowering alone, so nothing has to be written while it rises. Null: never lowered. */
export function levelAt(lowered: LoweredLevel | null, window: Window, now: number): number {
  if (lowered === null) return window.limit;
  const step = Math.max(1, Math.floor(window.limit / 20));
  const since = Math.max(0, now - lowered.loweredAtMs);
  const wallMs = Math.max(window.periodMs, Math.min(wallPeriods * window.periodMs, maxWallMs));
  const risen = lowered.level + Math.floor(since / window.periodMs) * step;
  let below = Math.max(lowered.level, lowered.wall - step);
  if (since >= wallMs) below += step * (1 + Math.floor((since - wallMs) / window.periodMs));
  return Math.max(1, Math.min(window.limit, risen, below));
}

/** The level after an answer without a hint. A call granted before the last lowering teaches nothing new. */
export function slowDown(lowered: LoweredLevel | null, window: Window, a: { grantedAtMs: number; now: number }): LoweredLevel {
  if (lowered !== null && lowered.loweredAtMs >= a.grantedAtMs) return lowered;
  const level = levelAt(lowered, window, a.now);
  return { level: Math.max(1, Math.floor(level * 0.7)), wall: level, loweredAtMs: a.now };
}

import { hash } from "node:crypto";
import type { SandboxSettings, sandboxKinds } from "#lib/services/sandbox-targets/index.ts";
import { assertNever } from "#lib/shared/errors.ts";

export interface TargetState {
  kind: (typeof sandboxKinds)[number];
  settings: SandboxSettings;
  /** Unix ms of the calls a rate-limited target let through, oldest first. */
  recentMs: number[];
}

export interface LimitState {
  limit: number;
  perMs: number;
  remaining: number;
  /** Until one more call may come. */
  resetMs: number;
}

/** What a target does with one call. */
export type Decision =
  | { do: "echo" }
  | { do: "apply"; drop: boolean; limit: LimitState | null }
  | { do: "wait"; delayMs: number }
  | { do: "fail"; status: number }
  | { do: "limit"; limit: LimitState };

const defaults = { failTimes: 2, status: 503, seed: 1, delayMs: 2_000, limit: 10, perMs: 10_000 };
const apply: Decision = { do: "apply", drop: false, limit: null };

/**
 * Decides a call. `callNo` counts from 1 since the target was put. A rate-limited target notes the call in `recentMs`.
 * `waited`: the call of a slow target comes back after its wait.
 */
export function decideCall(target: TargetState, call: { callNo: number; nowMs: number; waited: boolean }): Decision {
  switch (target.kind) {
    case "echo":
      return { do: "echo" };
    case "recorder":
      return apply;
    case "flaky":
      return fails(target.settings, call.callNo) ? { do: "fail", status: target.settings.status ?? defaults.status } : apply;
    case "slow":
      return call.waited ? apply : { do: "wait", delayMs: target.settings.delayMs ?? defaults.delayMs };
    case "apply-then-drop":
      return { do: "apply", drop: true, limit: null };
    case "rate-limited":
      return limited(target, call.nowMs);
    default:
      return assertNever(target.kind);
  }
}

function fails(settings: SandboxSettings, callNo: number): boolean {
  const ratio = settings.failRatio ?? 0;
  const times = settings.failTimes ?? (settings.failRatio === undefined ? defaults.failTimes : 0);
  return callNo <= times || (ratio > 0 && chance(settings.seed ?? defaults.seed, callNo) < ratio);
}

/** A number in [0, 1) that is the same for the same seed and call. */
function chance(seed: number, callNo: number): number {
  return Number.parseInt(hash("sha256", `${seed}:${callNo}`).slice(0, 8), 16) / 0x1_0000_0000;
}

/** No interval of `perMs`, wherever it starts, sees more than `limit` calls let through. */
function limited(target: TargetState, nowMs: number): Decision {
  const { limit = defaults.limit, perMs = defaults.perMs } = target.settings;
  const recent = target.recentMs.filter((at) => at > nowMs - perMs).slice(-limit);
  const full = recent.length >= limit;
  if (!full) recent.push(nowMs);
  target.recentMs = recent;
  const oldest = recent[recent.length - limit] ?? recent[0] ?? nowMs;
  const state = { limit, perMs, remaining: limit - recent.length, resetMs: Math.max(0, oldest + perMs - nowMs) };
  return full ? { do: "limit", limit: state } : { do: "apply", drop: false, limit: state };
}

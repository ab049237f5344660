import { type Arrivals, maxBatchBytes } from "#lib/graph/arrivals.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { orderKeyOf } from "./admission.ts";

/** What a workflow's settings ask of an event before it may become a run. Each part has the key that its events share. */
export interface Arrival {
  gather: GatherRule | null;
  limit: LimitRule | null;
  singleton: { key: string; mode: "skip-new" | "cancel-running" } | null;
}

export type GatherRule =
  | { as: "debounce"; key: string; periodMs: number; timeoutMs: number }
  | { as: "batch"; key: string; maxSize: number; timeoutMs: number; maxBytes: number };

export interface LimitRule {
  key: string;
  limit: number;
  perMs: number;
}

interface Arriving {
  settings: Pick<WorkflowDocument["settings"], "arrivals">;
  trigger: () => JsonValue;
  mode: "live" | "test";
  now: number;
}

/**
 * The control an event is under; null for most. To be called beside `gateOf` by whoever accepts an event that came from outside:
 * not for tests, replays, redrives, calls of sub-workflows and what a person starts by hand, which nobody sends too often. A key
 * that cannot be worked out controls nothing: the event is kept, and its run fails where it can be seen (`requireArrivalKeys`).
 */
export function arrivalOf({ settings, trigger, mode, now }: Arriving): Arrival | null {
  const { arrivals } = settings;
  if (arrivals === undefined || mode === "test") return null;
  const { debounce, batch, limit, singleton } = arrivals;
  const keys = arrivalKeys(arrivals, trigger, now);
  if (!keys.ok) return null;
  const keyOf = (control: keyof Arrivals) => keys.keys.get(control) ?? "";
  const arrival: Arrival = {
    gather: debounce
      ? { as: "debounce", key: keyOf("debounce"), periodMs: debounce.periodMs, timeoutMs: debounce.timeoutMs }
      : batch
        ? { as: "batch", key: keyOf("batch"), maxSize: batch.maxSize, timeoutMs: batch.timeoutMs, maxBytes: maxBatchBytes }
        : null,
    limit: limit ? { key: keyOf("limit"), limit: limit.limit, perMs: limit.perMs } : null,
    singleton: singleton ? { key: keyOf("singleton"), mode: singleton.mode } : null,
  };
  return arrival.gather || arrival.limit || arrival.singleton ? arrival : null;
}

type Keys = { ok: true; keys: Map<string, string> } | { ok: false; control: string; source: string; problem: string };

/** The keys of all controls that have one, or the first that gives an event none. */
export function arrivalKeys(arrivals: Arrivals, trigger: () => JsonValue, now: number): Keys {
  const keys = new Map<string, string>();
  for (const [control, rule] of Object.entries(arrivals)) {
    const source = rule?.key;
    if (source === undefined) continue;
    const key = orderKeyOf(source, trigger(), now);
    if (!key.ok) return { ok: false, control, source, problem: key.problem };
    keys.set(control, key.key);
  }
  return { ok: true, keys };
}

/** Events that are being gathered for one run. */
export interface Gathering {
  as: GatherRule["as"];
  openedAtMs: number;
  dueAtMs: number;
  count: number;
  bytes: number;
}

export interface Gathered {
  /** `open`: a run of its own, for those that follow; what was gathered before is to start. */
  does: "open" | "join";
  gathering: Gathering;
  /** Nothing more goes in: its run is to start at once. */
  full: boolean;
}

/** Takes an event of `bytes` at `now`, which is never before the gathering's beginning, into what is gathered of its key. */
export function gather(rule: GatherRule, before: Gathering | null, bytes: number, now: number): Gathered {
  const joins = before !== null && before.as === rule.as && before.dueAtMs > now && hasRoom(rule, before, bytes);
  const openedAtMs = joins ? before.openedAtMs : now;
  const count = joins ? before.count + 1 : 1;
  const total = joins ? before.bytes + bytes : bytes;
  const latest = openedAtMs + rule.timeoutMs;
  const dueAtMs = rule.as === "debounce" ? Math.min(now + rule.periodMs, latest) : latest;
  return {
    does: joins ? "join" : "open",
    gathering: { as: rule.as, openedAtMs, dueAtMs, count, bytes: total },
    full: rule.as === "batch" && (count >= rule.maxSize || total >= rule.maxBytes),
  };
}

function hasRoom(rule: GatherRule, { count, bytes }: Gathering, more: number): boolean {
  return rule.as === "debounce" || (count < rule.maxSize && bytes + more <= rule.maxBytes);
}

/** Events that were let through, oldest first: `n` of them, the last at `at`. */
export interface Passed {
  from: number;
  at: number;
  n: number;
}

/** Above it a limit counts in slices of a hundredth of its period rather than keep the time of each event. */
const exactUpTo = 100;

/**
 * Lets an event through unless `limit` went through in the last `perMs`. Those of a slice count until its last one is old enough,
 * so that no stretch of time ever sees more. A clock that went back counts as standing still.
 */
export function passLimit(rule: LimitRule, passed: readonly Passed[], clock: number): { passes: boolean; passed: Passed[] } {
  const now = Math.max(clock, passed.at(-1)?.at ?? clock);
  const recent = passed.filter(({ at }) => at > now - rule.perMs);
  const count = recent.reduce((sum, { n }) => sum + n, 0);
  if (count >= rule.limit) return { passes: false, passed: recent };
  const sliceMs = rule.limit <= exactUpTo ? 0 : rule.perMs / exactUpTo;
  const last = recent.at(-1);
  if (last === undefined || now - last.from >= sliceMs) return { passes: true, passed: [...recent, { from: now, at: now, n: 1 }] };
  return { passes: true, passed: [...recent.slice(0, -1), { ...last, at: now, n: last.n + 1 }] };
}

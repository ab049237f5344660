/**
 * The throttle as a model: what `throttle_acquire` does in the database, in a form that can be tried by the million.
 * A test runs both side by side.
 *
 * A bucket remembers the times of its grants (a log), and grants the next call as soon as fewer than `limit` of them lie
 * within the last period: never more than N in any half-open window of P, with the full burst and the full rate. A long
 * log is kept in groups: each stands for `grain` grants no later than its time, which errs on the careful side by less
 * than one group.
 *
 * A call needs room in all its buckets at one and the same time. When that is further off than the horizon it waits and
 * reserves nothing anywhere: a reservation made far ahead would block everybody else who shares the bucket.
 */
export interface WindowLog {
  /** How many grants a closed group stands for. */
  grain: number;
  /** Of each closed group the time of its latest grant, ascending. */
  groups: readonly number[];
  /** The group being filled. */
  openCount: number;
  openAtMs: number;
}

/** `periodMs` is the window with its pad: what is granted at its very end may be sent that much later. */
export interface Window {
  limit: number;
  periodMs: number;
}

export const emptyLog: WindowLog = { grain: 1, groups: [], openCount: 0, openAtMs: Number.NEGATIVE_INFINITY };

/** Up to this limit every grant has its own entry. */
export const maxGroups = 200;

/**
 * The earliest time from `from` on at which a window has room for one more grant, when `ahead` others are to be served
 * before. Exact for one window; with several it may turn out later, and then the call waits once more.
 */
export function dueAt(log: WindowLog, window: Window, a: { from: number; ahead: number }): number {
  const rounds = Math.floor(a.ahead / window.limit);
  const others = window.limit - 1 - (a.ahead % window.limit);
  // Of the grants in the window before ours at most `others` may be there: the open group and so many closed ones.
  const closed = (room: number) => {
    const group = log.groups[log.groups.length - 1 - Math.floor(room / log.grain)];
    return group === undefined ? a.from : group + window.periodMs;
  };
  const due = log.openCount <= others ? closed(others - log.openCount) : Math.max(closed(others), log.openAtMs + window.periodMs);
  return Math.max(a.from, due) + rounds * window.periodMs;
}

/** Notes a grant. `now` never goes back, and no grant lies before it, so what left the window by then is forgotten. */
export function recordGrant(log: WindowLog, window: Window, a: { atMs: number; now: number }): WindowLog {
  const horizon = a.now - window.periodMs;
  const groups = log.groups.filter((at) => at > horizon);
  const open = log.openAtMs > horizon ? log.openCount : 0;
  const wanted = Math.ceil(window.limit / maxGroups);
  const grain = groups.length === 0 && open === 0 ? wanted : Math.max(log.grain, wanted);
  const openAtMs = open === 0 ? a.atMs : Math.max(log.openAtMs, a.atMs);
  if (open + 1 < grain) return { grain, groups, openCount: open + 1, openAtMs };
  groups.push(openAtMs);
  return { grain, groups: groups.sort((x, y) => x - y), openCount: 0, openAtMs };
}

export interface BucketState {
  id: string;
  /** The end of its last pause; minus infinity when there was none. */
  blockedUntilMs: number;
  /** Units that come before the last one of ours: of those that wait before us, and all of our own cost but one. */
  ahead: number;
  windows: readonly { window: Window; log: WindowLog }[];
}

/** How far apart the calls come back after a pause of a bucket that has no window to space them. */
export const unlimitedSpacingMs = 50;

export type Acquired = { status: "granted"; atMs: number } | { status: "park"; wakeAtMs: number; boundBy: string };

/** For at most so long after a pause calls go out one by one. */
const maxSmoothMs = 60_000;

/**
 * The earliest time at which a bucket has room. In the first period after a pause calls are spaced evenly instead of
 * using the burst: all that have waited would otherwise meet the same wall at once.
 */
export function turnOf(bucket: BucketState, now: number): number {
  const { blockedUntilMs, ahead } = bucket;
  const from = Math.max(now, blockedUntilMs);
  const shortest = bucket.windows.toSorted((a, b) => a.window.periodMs - b.window.periodMs)[0];
  if (!shortest) return blockedUntilMs > now ? from + ahead * unlimitedSpacingMs : from;
  const due = Math.max(...bucket.windows.map(({ window, log }) => dueAt(log, window, { from, ahead })));
  const { limit, periodMs } = shortest.window;
  const smoothMs = Math.min(periodMs, maxSmoothMs);
  if (now >= blockedUntilMs + smoothMs) return due;
  const spacing = Math.ceil(smoothMs / limit);
  const latest = Math.max(shortest.log.groups.at(-1) ?? Number.NEGATIVE_INFINITY, shortest.log.openAtMs);
  const start = latest >= blockedUntilMs ? Math.max(from, latest + spacing) : from;
  return Math.max(due, start + Math.floor(ahead / limit) * periodMs + (ahead % limit) * spacing);
}

/** Decides one call. When granted, the caller records `atMs` in every window. */
export function acquire(buckets: readonly BucketState[], a: { now: number; horizonMs: number }): Acquired {
  let atMs = a.now;
  let boundBy = "";
  for (const bucket of buckets) {
    const due = turnOf(bucket, a.now);
    if (due > atMs) {
      atMs = due;
      boundBy = bucket.id;
    }
  }
  // A waiting call is woken a horizon early, so that the way back to a worker costs the bucket nothing.
  const wakeAtMs = atMs - a.horizonMs;
  return wakeAtMs <= a.now ? { status: "granted", atMs } : { status: "park", wakeAtMs, boundBy };
}

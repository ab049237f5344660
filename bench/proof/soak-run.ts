import { setTimeout as sleep } from "node:timers/promises";
import { ThrottleSystem } from "#lib/engine/systems/throttle.ts";
import { effectClasses } from "#lib/shared/statuses.ts";
import { findViolations } from "./checker.ts";
import { ravage, seeded } from "./nemesis.ts";
import { PgProxy } from "./pg-proxy.ts";
import { createSite, leaseMs, type Site } from "./site.ts";
import { startSoakDatabase } from "./soak-database.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface SoakResult {
  seed: number;
  acknowledged: number;
  deliveries: number;
  harm: Record<string, number>;
  statuses: Record<string, number>;
  calls: number;
  effects: number;
  /** From the heal until all had ended. */
  drainMs: number;
  violations: string[];
}

const workerCount = 3;
/** What has failed is retried at the pace of the retry budget, one a second, so the end is not near; but it must come nearer all the time. */
const stuckAfterMs = 90_000;

/**
 * Runs orders of all effect classes and fates while workers are killed and stopped, PostgreSQL restarts every 5–10 s and its
 * connections break in the middle of commits; then heals, drains and checks. Everything it starts it also stops.
 */
export async function soak(options: { forMs: number; runs: number; seed: number; progressFloor: number }): Promise<SoakResult> {
  const random = seeded(options.seed);
  const database = await startSoakDatabase();
  const proxy = await PgProxy.start(() => ({ host: "127.0.0.1", port: database.port }));
  const site = await createSite({ databaseUrl: (url) => proxy.through(url), onDb: async () => database });
  const keeper = keepRunning(site);
  try {
    const endsAt = performance.now() + options.forMs;
    const [sent, harm] = await Promise.all([
      send(site, { ...options, random: seeded(options.seed + 1) }),
      ravage({ random, database, proxy, workers: keeper.running }, endsAt),
    ]);
    const healedAt = performance.now();
    await drained(site);
    const drainMs = performance.now() - healedAt;
    return {
      ...(await report(site, sent.runIds, options.progressFloor)),
      ...{ seed: options.seed, deliveries: sent.deliveries, harm, drainMs },
    };
  } finally {
    keeper.stop();
    await site.stop();
    await proxy.stop();
  }
}

/** As a supervisor does: whoever ends is started again. */
function keepRunning(site: Site): { running(): WorkerProcess[]; stop(): void } {
  const workers = new Set<WorkerProcess>();
  let stopped = false;
  const start = () => {
    if (stopped) return;
    const worker = site.startWorker({ concurrency: 50 });
    workers.add(worker);
    void worker.ended.then(() => {
      workers.delete(worker);
      setTimeout(start, 250);
    });
  };
  for (let n = 0; n < workerCount; n++) start();
  return {
    running: () => [...workers],
    stop() {
      stopped = true;
    },
  };
}

/** All kinds of orders, and some twice: the second must get the result of the first. */
function orderOf(n: number, random: () => number): string {
  const words = ["plain", "plain", "plain", "plain", "plain", "park", "drop", "fail", "limited"];
  const word = random() < 0.02 ? "dead" : words[Math.floor(random() * words.length)];
  return `${word}-${n}`;
}

interface Sending {
  forMs: number;
  runs: number;
  random: () => number;
}

/** Sends like careful senders: each until it is acknowledged, under the same delivery id. Ends before the harm does. */
async function send(site: Site, { forMs, runs, random }: Sending): Promise<{ runIds: string[]; deliveries: number }> {
  const sent = { runIds: new Set<string>(), deliveries: 0 };
  const sending: Promise<void>[] = [];
  for (let n = 0; n < runs; n++) {
    const effect = effectClasses[Math.floor(random() * effectClasses.length)] ?? "read";
    const order = orderOf(n, random);
    const copies = effect === "keyed" && random() < 0.2 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) sending.push(deliver(site, effect, order, `${n}-${copy}`, sent));
    await sleep((forMs * 0.85) / runs);
  }
  await Promise.all(sending);
  return { runIds: [...sent.runIds], deliveries: sent.deliveries };
}

async function deliver(
  { engine, workflows }: Site,
  effect: (typeof effectClasses)[number],
  order: string,
  dedupeKey: string,
  sent: { runIds: Set<string>; deliveries: number },
): Promise<void> {
  for (;;) {
    sent.deliveries += 1;
    const accepted = await engine.accept(workflows[effect], { order }, { dedupeKey }).catch(() => null);
    if (accepted) return void sent.runIds.add(accepted.runId);
    await sleep(300);
  }
}

/** Until all runs have ended, or none does any more. */
async function drained({ engine }: Site): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let deadline = performance.now() + stuckAfterMs;
  while (performance.now() < deadline) {
    const counted = await engine.db.pool
      .query<{ open: number }>("SELECT count(*)::int AS open FROM run WHERE status NOT IN ('succeeded', 'failed', 'canceled')")
      .catch(() => null); // the server may still be on its way back
    const open = counted?.rows[0]?.open ?? fewest;
    if (open === 0) return;
    if (open < fewest) deadline = performance.now() + stuckAfterMs;
    fewest = Math.min(fewest, open);
    await sleep(250);
  }
}

async function report({ engine, remote, limits }: Site, acknowledged: string[], progressFloor: number) {
  const { pool } = engine.db;
  // What workers do every few minutes: places under a limit that a worker could not give up any more are swept then.
  await new ThrottleSystem({ pool }).prune();
  const { rows } = await pool.query<{ status: string; n: number }>(
    `SELECT status || coalesce(' ' || (error::json ->> 'code'), '') AS status, count(*)::int AS n FROM run GROUP BY 1 ORDER BY 2 DESC`,
  );
  const { receipts, effects } = remote;
  const workspaceId = engine.workspaceId;
  return {
    acknowledged: acknowledged.length,
    statuses: Object.fromEntries(rows.map((row) => [row.status, row.n])),
    calls: receipts.length,
    effects: effects.length,
    violations: await findViolations({ pool, workspaceId, acknowledged, receipts, effects, limits, leaseMs, progressFloor, drained: true }),
  };
}

/** For people. */
export function summaryOf(result: SoakResult): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([what, count]) => `${count} × ${what}`)
      .join(", ");
  return [
    `seed ${result.seed}: ${result.acknowledged} runs of ${result.deliveries} deliveries; ${result.calls} calls, ${result.effects} effects`,
    `harm: ${list(result.harm)}`,
    `ended ${(result.drainMs / 1_000).toFixed(1)} s after the heal: ${list(result.statuses)}`,
    result.violations.length === 0
      ? "no violations"
      : `${result.violations.length} VIOLATIONS:\n${result.violations.slice(0, 50).join("\n")}`,
  ].join("\n");
}

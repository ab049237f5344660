import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#lib/db/db.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { untilEnd } from "#lib/engine/testing.ts";
import { effectClasses } from "#lib/shared/statuses.ts";
import { findViolations } from "./checker.ts";
import { PgProxy } from "./pg-proxy.ts";
import { createSite, leaseMs, type Site } from "./site.ts";

/* Real workers whose PostgreSQL is behind a proxy that breaks what networks and disks break. */

let site: Site;
let proxy: PgProxy;

beforeEach(async () => {
  let databaseUrl = "";
  proxy = await PgProxy.start(() => ({ host: "127.0.0.1", port: Number(new URL(databaseUrl).port) }));
  site = await createSite({ databaseUrl: (url) => proxy.through(url) });
  databaseUrl = site.engine.url;
});
afterEach(async () => {
  await site.stop();
  await proxy.stop();
});

async function violations(acknowledged: string[], progressFloor: number): Promise<string[]> {
  const { engine, remote, limits } = site;
  const { receipts, effects } = remote;
  const { pool } = engine.db;
  return findViolations({
    pool,
    workspaceId: engine.workspaceId,
    acknowledged,
    receipts,
    effects,
    limits,
    leaseMs,
    progressFloor,
    drained: true,
  });
}

async function acceptOrders(count: number): Promise<string[]> {
  const accepted = await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const effect = effectClasses[n % effectClasses.length] ?? "read";
      return site.engine.accept(site.workflows[effect], { order: `${effect}-${n}` });
    }),
  );
  return accepted.map((run) => run.runId);
}

test.each([
  ["commit-runs", "a statement that commits by itself"],
  ["COMMIT", "a transaction"],
  ["claim-runs", "a claim"],
])(
  "scenario 29: the connection breaks after %s was done and before its answer came: nothing is lost or doubled (%s)",
  async (statement) => {
    let broken = 0;
    proxy.fateOf = (name) => {
      if (name !== statement || broken >= 3) return "pass";
      broken += 1;
      return "lose-answer";
    };
    site.startWorker({ concurrency: 10 });
    const runs = await acceptOrders(40);
    for (const runId of runs) expect((await untilEnd(site.engine, runId)).status).toBe("succeeded");
    expect(proxy.dealt["lose-answer"]).toBe(3);
    expect(site.remote.effects).toHaveLength(runs.length * 0.8); // all but the reads
    expect(await violations(runs, 1)).toEqual([]);
  },
  120_000,
);

test("scenario 37: a half-open LISTEN connection: work is found by polling within five seconds, and the listener comes back", async () => {
  site.startWorker();
  const [first = ""] = await acceptOrders(1);
  expect((await untilEnd(site.engine, first)).status).toBe("succeeded");
  const listeners = proxy.listeners;
  expect(listeners).toBeGreaterThan(0);
  expect(proxy.blackHoleListeners()).toBe(listeners);
  const startedAt = performance.now();
  const [second = ""] = await acceptOrders(1);
  expect((await untilEnd(site.engine, second)).status).toBe("succeeded");
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  await expect.poll(() => proxy.listeners, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
}, 120_000);

test("scenario 38: while the database's disk is full nothing is acknowledged; afterwards all goes on by itself", async () => {
  const db = openDb({ url: proxy.through(site.engine.url), applicationName: "test" });
  const intake = new Intake({ pool: db.pool });
  const worker = site.startWorker();
  const [first = ""] = await acceptOrders(1);
  expect((await untilEnd(site.engine, first)).status).toBe("succeeded");
  const writes = ["accept-events", "commit-runs", "claim-runs", "insert-records", "heartbeat", "BEGIN"];
  proxy.fateOf = (name) => (writes.some((write) => name.startsWith(write)) ? "disk-full" : "pass");
  const before = await acceptOrders(5); // by another way in: what the workers now have on their hands
  const saved = site.workflows.keyed;
  const delivery = {
    workspaceId: site.engine.workspaceId,
    workflowId: saved.workflowId,
    documentId: saved.documentId,
    version: 1,
    mode: "live" as const,
    triggerId: null,
    triggerType: "manual",
    triggerNodeId: saved.triggerNodeId,
    data: '{"body":{"order":"refused"}}',
    dedupe: null,
    runDeadlineMs: 3_600_000,
    replayOf: null,
    priority: 0,
    gate: null,
  };
  await expect(intake.accept(delivery)).rejects.toThrow(/No space left|not stored|could not be stored/);
  await expect.poll(() => proxy.dealt["disk-full"], { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
  proxy.fateOf = () => "pass";
  const { runId } = await intake.accept(delivery);
  for (const id of [...before, runId]) expect((await untilEnd(site.engine, id)).status).toBe("succeeded");
  expect(worker.running).toBe(true);
  expect(await violations([first, ...before, runId], 1)).toEqual([]);
  await db.close();
}, 120_000);

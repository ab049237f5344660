import { openDb } from "#lib/db/db.ts";
import { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { Worker } from "#lib/runtime/worker.ts";
import { createAlerts, createWorld } from "#lib/runtime/world.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { startSandbox } from "./sandbox.ts";
import type { SeedContext } from "./workspace.ts";

const patienceMs = 60_000;

/**
 * Waits for runs to end, and sees to it that they do whether Sluice runs at the moment or not: with a worker of its own, and
 * a sandbox for that worker to call.
 */
export async function finishRuns(ctx: SeedContext, runIds: string[]): Promise<void> {
  if (runIds.length === 0) return;
  const url = ctx.db.pool.options.connectionString;
  if (url === undefined) throw new Error("the pool does not know its database");
  const db = openDb({ url, applicationName: "sluice seed", maxConnections: 12 });
  const listener = new RunListener({ pool: db.pool, url });
  const sandbox = await startSandbox(db.pool);
  const settings = { ...parseSettings(process.env), baseUrl: ctx.baseUrl, host: "127.0.0.1", port: sandbox.port };
  const worker = new Worker({
    pool: db.pool,
    byKeyPool: db.pool,
    url,
    retentionDays: 3_650,
    concurrency: 10,
    version: "seed",
    logger: createLogger({ name: "seed", level: "error", destination: process.stderr }),
    world: createWorld({ pool: db.pool, settings, secrets: ctx.secrets, links: ctx.links }),
    alerts: createAlerts({ pool: db.pool, settings, secrets: ctx.secrets }),
    onFatal: (reason) => process.stderr.write(`seed: its worker cannot go on: ${reason}\n`),
  });
  try {
    await listener.start();
    await worker.start();
    await Promise.all(runIds.map((runId) => untilEnd(listener, runId)));
  } finally {
    await worker.stop();
    await listener.stop();
    await sandbox.close();
    await db.close();
  }
}

async function untilEnd(listener: RunListener, runId: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const ended = await listener.look(runId, deadline - Date.now());
    if (ended === null) throw new Error(`run ${runId} did not end within ${patienceMs / 1_000} s`);
    if (isFinalRun(ended.status)) return;
  }
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { readVersionFigures } from "#lib/engine/ledger/version-figures.ts";
import { guardTrips } from "#lib/policies/rollout.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Logger } from "#lib/telemetry/logger.ts";

const guardedRollouts = statement(new URL("./sql/guarded-rollouts.sql", import.meta.url));
const pauseRollout = statement(new URL("./sql/pause-rollout.sql", import.meta.url));

interface GuardedRow {
  id: string;
  workflow_id: string;
  version: number;
  baseline_version: number;
  started_at: Date;
  guard_min_runs: number;
  guard_max_excess: number;
}

/**
 * Pauses rollouts whose version fails more than the live one, so that a bad version does its harm to a share of the events
 * for seconds and not until somebody looks. Whether it is given up or gets another try is for a person to say. Every worker
 * does it; pausing is one statement that acts once.
 */
export async function guardRollouts({ pool, logger }: { pool: pg.Pool; logger: Logger }): Promise<void> {
  const { rows } = await pool.query<GuardedRow>(guardedRollouts);
  for (const row of rows) {
    const { live, canary } = await readVersionFigures(pool, {
      workflowId: row.workflow_id,
      live: row.baseline_version,
      canary: row.version,
      since: row.started_at,
    });
    const reason = guardTrips(live, canary, { enabled: true, minRuns: row.guard_min_runs, maxExcess: row.guard_max_excess });
    if (reason === null) continue;
    const { rows: paused } = await pool.query({ ...pauseRollout, values: [row.id, reason, newId()] });
    if (paused.length > 0) logger.warn({ workflowId: row.workflow_id, version: row.version, reason }, "a rollout was paused");
  }
}

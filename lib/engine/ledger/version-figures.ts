import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { VersionFigures } from "#lib/policies/rollout.ts";

const versionFigures = statement(new URL("./sql/version-figures.sql", import.meta.url));

interface Row {
  version: number;
  ended: number;
  failed: number;
  retried: number;
  dead_letters: number;
  p95_duration_ms: number | null;
  p95_wait_ms: number | null;
}

const none: VersionFigures = { ended: 0, failed: 0, retried: 0, deadLetters: 0, p95DurationMs: null, p95WaitMs: null };

/** Counts what became of the live runs of two versions of a workflow since a time. */
export async function readVersionFigures(
  pool: pg.Pool,
  a: { workflowId: string; live: number; canary: number; since: Date },
): Promise<{ live: VersionFigures; canary: VersionFigures }> {
  const { rows } = await pool.query<Row>({ ...versionFigures, values: [a.workflowId, [a.live, a.canary], a.since] });
  const of = (version: number): VersionFigures => {
    const row = rows.find((one) => one.version === version);
    if (!row) return none;
    const { ended, failed, retried } = row;
    return { ended, failed, retried, deadLetters: row.dead_letters, p95DurationMs: row.p95_duration_ms, p95WaitMs: row.p95_wait_ms };
  };
  return { live: of(a.live), canary: of(a.canary) };
}

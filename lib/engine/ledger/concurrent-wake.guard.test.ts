/*
 * Holds shut: PostgreSQL 18.4 ended every connection of the server (a segmentation fault) when a run was woken in the very
 * moment a commit of it waited for its row. Rows of runs are now locked by a statement of their own, see move_runs.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "../testing.ts";
import { Claims } from "./claim.ts";
import { Ledger } from "./ledger.ts";
import type { RunChanges } from "./run-changes.ts";

let engine: TestEngine;
let saved: SavedDocument;
const workerId = newId();
/** More than a plan is tried out before it is kept. */
const rounds = 16;

beforeAll(async () => {
  engine = await createTestEngine();
  saved = await engine.saveDocument({ schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }], edges: [] });
});
afterAll(() => engine.stop());

async function acceptedRuns(count: number): Promise<string[]> {
  const accepted = await Promise.all(Array.from({ length: count }, () => engine.accept(saved, {})));
  return accepted.map(({ runId }) => runId);
}

/** Does `work` while another transaction changes the runs, which ends once `work` waits for it. */
async function meeting(runIds: string[], work: () => Promise<unknown>): Promise<void> {
  const other = await engine.db.pool.connect();
  try {
    await other.query("BEGIN");
    await other.query("UPDATE run SET wake_requested = true WHERE id = ANY ($1)", [runIds]);
    const done = work();
    done.catch(() => undefined); // awaited below
    await untilSomebodyWaits();
    await other.query("COMMIT");
    await done;
  } finally {
    other.release();
  }
}

async function untilSomebodyWaits(): Promise<void> {
  const waiting = "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  for (;;) {
    const { rows } = await engine.db.pool.query<{ waiting: number }>(waiting);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}

/** Does the rounds, and tells whether a connection that was there before is still there: a crash of the server ends them all. */
async function serverSurvives(round: () => Promise<void>): Promise<boolean> {
  const witness = new pg.Client({ connectionString: engine.url });
  let lost = false;
  witness.on("error", () => {
    lost = true;
  });
  await witness.connect();
  for (let done = 0; done < rounds; done += 1) await round();
  await witness.query("SELECT 1").catch(() => {
    lost = true;
  });
  await witness.end().catch(() => undefined);
  return !lost;
}

const nothing = {
  steps: [],
  attempts: [],
  deadLetters: [],
  resolvedStepIds: [],
  records: [],
  effects: [],
  abandoned: [],
  asked: [],
  unasked: [],
  undoBegun: false,
  answer: null,
  error: null,
  announce: true,
} satisfies Partial<RunChanges>;

test("a commit that waits for the row of a run that is being woken parks it, and the run goes on at once", async () => {
  const claims = new Claims({ pool: engine.db.pool, workerId, aliveMs: 30_000 });
  const ledger = new Ledger({ pool: engine.db.pool, workerId });
  const survived = await serverSurvives(async () => {
    const ids = await acceptedRuns(3);
    const held = await Promise.all(ids.map((id) => claims.claim(id)));
    await meeting(ids, () =>
      Promise.all(
        held.map((claimed) => {
          if (!claimed) throw new Error("the run could not be claimed");
          const parked = { run: claimed.run, status: "waiting" as const, release: true, wakeAtMs: Date.now() + 60_000 };
          return ledger.commit({ takeChanges: () => ({ ...nothing, ...parked }) });
        }),
      ),
    );
    const { rows } = await engine.db.pool.query<{ due: boolean }>(
      "SELECT run_at <= now() AS due FROM graphile_worker._private_jobs WHERE key = ANY ($1)",
      [ids.map((id) => `run:${id}`)],
    );
    expect(rows.map(({ due }) => due)).toEqual([true, true, true]);
  });
  expect(survived).toBe(true);
}, 60_000);

test("a claim that waits for the row of a run that is being woken takes it", async () => {
  const survived = await serverSurvives(async () => {
    const claims = new Claims({ pool: engine.db.pool, workerId: newId(), aliveMs: 30_000 });
    const ids = await acceptedRuns(3);
    const claimed: unknown[] = [];
    await meeting(ids, async () => claimed.push(...(await Promise.all(ids.map((id) => claims.claim(id))))));
    expect(claimed.every((one) => one !== null)).toBe(true);
  });
  expect(survived).toBe(true);
}, 60_000);

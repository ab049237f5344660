import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { createTestEngine, type TestEngine } from "../testing.ts";
import { Claims } from "./claim.ts";

/* Bug: a run that was woken in the moment it was parked was claimed again by the same worker before its former driver had
   let go; that letting go made the new claim look like nobody's, and the next wake-up took the run from its own driver. */

let engine: TestEngine;
beforeAll(async () => {
  engine = await createTestEngine();
});
afterAll(() => engine.stop());

test("a former driver that lets go late does not let go of the run's new claim", async () => {
  const workerId = newId();
  await engine.db.pool.query("INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, 'here', 1, 'test', 1)", [workerId]);
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [{ id: "start", type: "manual", name: "Start" }],
    edges: [],
  });
  const { runId } = await engine.accept(saved, {});
  const claims = new Claims({ pool: engine.db.pool, workerId, aliveMs: 30_000 });
  const first = await claims.claim(runId);
  await engine.db.pool.query("UPDATE run SET worker_id = NULL, status = 'waiting' WHERE id = $1", [runId]); // as its park does
  const second = await claims.claim(runId);
  if (!first || !second) throw new Error("not claimed");
  claims.release(first.run);
  expect(await claims.claim(runId)).toBeNull();
  claims.release(second.run);
  expect((await claims.claim(runId))?.run.fence).toBe(second.run.fence + 1);
});

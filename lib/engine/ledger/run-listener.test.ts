import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { RunListener } from "./run-listener.ts";

let testDb: TestDb;
let listener: RunListener;

beforeAll(async () => {
  testDb = await createTestDb();
  listener = new RunListener({ pool: testDb.db.pool, url: testDb.url });
  await listener.start();
});
afterAll(async () => {
  await listener.stop();
  await testDb.drop();
});

test("subscribers of a workspace hear what changed in it, and of a gap when the connection that listens was lost", async () => {
  const [workspaceId, runId] = [newId(), newId()];
  const heard: string[] = [];
  let gaps = 0;
  const leave = listener.subscribe(workspaceId, { onChange: ({ kind, ids }) => heard.push(`${kind} ${ids}`), onGap: () => gaps++ });
  const notify = (w: string) => testDb.db.pool.query("SELECT pg_notify('sluice_run', $1)", [JSON.stringify({ w, k: "run", i: [runId] })]);
  await notify(newId());
  await notify(workspaceId);
  await expect.poll(() => heard).toEqual([`run ${runId}`]);
  expect(gaps).toBe(0);

  await testDb.db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-listener' AND datname = current_database()",
  );
  await expect.poll(() => gaps, { timeout: 10_000 }).toBe(1);
  await notify(workspaceId);
  await expect.poll(() => heard).toHaveLength(2);
  leave();
  await notify(workspaceId);
  await testDb.db.pool.query("SELECT 1");
  expect(heard).toHaveLength(2);
});

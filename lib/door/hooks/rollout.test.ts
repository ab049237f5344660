import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { createHook, startHooks, type TestHook, type TestHooks } from "./testing.ts";

let db: TestDb;
let hooks: TestHooks;

beforeAll(async () => {
  db = await createTestDb();
  hooks = await startHooks(db);
});
afterAll(async () => {
  await hooks.close();
  await db.drop();
});

/** A second version that takes part of the deliveries; with or without the trigger they arrive at. */
async function tryOut(hook: TestHook, percent: number, nodeId: string): Promise<void> {
  const documentId = newId();
  const nodes = [{ id: nodeId, type: "webhook", name: "Hook" }];
  const document = JSON.stringify({ schemaVersion: 1, nodes, edges: [] });
  const { workspaceId, workflowId } = hook;
  await db.db.pool.query("INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) VALUES ($1, $2, $3, 'two', $4)", [
    documentId,
    workspaceId,
    workflowId,
    document,
  ]);
  await db.db.pool.query(
    `INSERT INTO workflow_rollout (id, workspace_id, workflow_id, version, document_id, baseline_version, percent) VALUES ($1, $2, $3, 2, $4, 1, $5)`,
    [newId(), workspaceId, workflowId, documentId, percent],
  );
}

async function versionsOf(hook: TestHook, ids: string[]): Promise<number[]> {
  const versions: number[] = [];
  for (const id of ids) {
    const answer = await fetch(`${hooks.origin}/hooks/${hook.token}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id }),
    });
    const { runId } = (await answer.json()) as { runId: string };
    const { rows } = await db.db.pool.query<{ version: number }>("SELECT version FROM run WHERE id = $1", [runId]);
    versions.push(rows[0]?.version ?? 0);
  }
  return versions;
}

const ids = Array.from({ length: 60 }, (_, index) => `order-${index}`);

test("deliveries are shared out by their key, and each stays with its version", async () => {
  const hook = await createHook(db, { dedupe: { key: "{{ trigger.body.id }}" } });
  await tryOut(hook, 30, "n1");
  const versions = await versionsOf(hook, ids);
  const taken = versions.filter((version) => version === 2).length;
  expect(taken).toBeGreaterThan(5);
  expect(taken).toBeLessThan(35);
  // A repeat is told the first one's run, which is on the first one's version.
  expect(await versionsOf(hook, ids)).toEqual(versions);
});

test("a version without the trigger takes none of its deliveries", async () => {
  const hook = await createHook(db);
  await tryOut(hook, 99, "elsewhere");
  expect(new Set(await versionsOf(hook, ids.slice(0, 10)))).toEqual(new Set([1]));
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { statement } from "#lib/db/statement.ts";
import { answer, createTestEngine, type TestEngine } from "./testing.ts";

const forget = statement(new URL("../runtime/sql/forget-history.sql", import.meta.url));
let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => engine.onCall(({ url }) => answer(url.endsWith("/bad") ? 404 : 200, { from: url })));

/** start → good and bad, which both lead to `last`; `bad` alone leads to `behind`. */
function forked(settings: object, bad: object = {}) {
  const call = (id: string) => ({ id, type: "http-request", name: id, config: { method: "GET", url: `https://api.test/${id}` } });
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      call("good"),
      { ...call("bad"), ...bad },
      { id: "behind", type: "set", name: "Behind", config: { values: { a: 1 } } },
      { id: "last", type: "set", name: "Last", config: { values: { good: "{{ steps.good.output.from }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "good" },
      { id: "e2", source: "start", target: "bad" },
      { id: "e3", source: "good", target: "last" },
      { id: "e4", source: "bad", target: "last" },
      { id: "e5", source: "bad", target: "behind" },
    ],
    settings,
  };
}

async function steps(runId: string) {
  const { rows } = await engine.db.pool.query<{ node_id: string; status: string }>(
    "SELECT node_id, status FROM step WHERE run_id = $1 ORDER BY node_id",
    [runId],
  );
  return Object.fromEntries(rows.map((row) => [row.node_id, row.status]));
}

test("where branches meet, a failed one holds up the others, as ever; with onFailure continue it does not", async () => {
  const held = await engine.run(await engine.saveDocument(forked({})), {});
  expect(held.status).toBe("failed");
  expect(await steps(held.runId)).toEqual({ start: "succeeded", good: "succeeded", bad: "failed" });
  const goes = await engine.run(await engine.saveDocument(forked({ onFailure: "continue" })), {});
  expect(goes.status).toBe("failed");
  // What only the failed branch leads to waits for a redrive in both.
  expect(await steps(goes.runId)).toEqual({ start: "succeeded", good: "succeeded", bad: "failed", last: "succeeded" });
});

test("the failure of a node that is not critical is counted in the inbox, and nobody is told", async () => {
  for (const critical of [true, false]) {
    const saved = await engine.saveDocument(forked({}, { critical }));
    await engine.run(saved, {});
    const { rows } = await engine.db.pool.query<{ critical: boolean; count: number; told: number }>(
      "SELECT critical, count, (SELECT count(*)::int FROM issue_notification n WHERE n.issue_id = i.id) AS told FROM issue i WHERE workflow_id = $1",
      [saved.workflowId],
    );
    expect(rows).toEqual([{ critical, count: 1, told: critical ? 1 : 0 }]);
  }
});

async function kept(runId: string) {
  await engine.db.pool.query("UPDATE run_forget SET due_at = now()");
  await engine.db.pool.query(forget);
  const { rows } = await engine.db.pool.query<{ bodies: boolean; attempts: boolean }>(
    `SELECT bool_or(s.output IS NOT NULL OR s.input IS NOT NULL) AS bodies, bool_or(a.request IS NOT NULL OR a.response IS NOT NULL) AS attempts
     FROM step s LEFT JOIN attempt a ON a.run_id = s.run_id AND a.step_id = s.id WHERE s.run_id = $1`,
    [runId],
  );
  return rows[0];
}

test.each([
  ["full", { bodies: true, attempts: true }, { bodies: true, attempts: true }],
  ["failures", { bodies: false, attempts: false }, { bodies: true, attempts: true }],
  ["none", { bodies: false, attempts: false }, { bodies: true, attempts: false }],
] as const)("history %s keeps %j of a run that succeeded, and %j of one that failed", async (history, succeeded, failed) => {
  const good = await engine.run(await engine.saveDocument(forked({ history }, { disabled: true })), {});
  expect(good.status).toBe("succeeded");
  expect(await kept(good.runId)).toEqual(succeeded);
  const bad = await engine.run(await engine.saveDocument(forked({ history })), {});
  expect(bad.status).toBe("failed");
  expect(await kept(bad.runId)).toEqual(failed);
});

test("a run that has ended keeps what it gave for a while, for whoever waits for it", async () => {
  const run = await engine.run(await engine.saveDocument(forked({ history: "none" }, { disabled: true })), {});
  await engine.db.pool.query(forget);
  const { rows } = await engine.db.pool.query("SELECT FROM step WHERE run_id = $1 AND output IS NOT NULL", [run.runId]);
  expect(rows.length).toBeGreaterThan(0);
});

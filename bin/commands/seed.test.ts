import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { runCommand } from "../sluice.ts";
import { command } from "./seed.ts";

let database: TestDb;
const before = { ...process.env };

beforeAll(async () => {
  database = await createTestDb();
  Object.assign(process.env, { DATABASE_URL: database.url, SLUICE_SECRET_KEY: randomBytes(32).toString("base64") });
});
afterAll(async () => {
  process.env = before;
  await database.drop();
});

async function count(what: string): Promise<unknown[]> {
  return (await database.db.pool.query(what)).rows;
}

test("the demo fills a new instance with what succeeds and what fails, and a second time changes nothing", async () => {
  const seen = async () => ({
    runs: await count(
      "SELECT w.name, r.status, count(*)::int FROM run r JOIN workflow w ON w.id = r.workflow_id GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    issues: await count("SELECT type, count, status FROM issue ORDER BY type"),
    applied: await count(
      "SELECT t.name, count(*)::int FROM sandbox_effect e JOIN sandbox_target t ON t.id = e.target_id GROUP BY 1 ORDER BY 1",
    ),
  });
  expect(await runCommand("seed", command, ["demo"])).toBe(0);
  const first = await seen();
  expect(first).toEqual({
    runs: [
      { name: "CI/CD deploy guard", status: "succeeded", count: 1 },
      { name: "Gift cards", status: "failed", count: 1 },
      { name: "Invoice sync", status: "failed", count: 3 },
      { name: "Nightly sync", status: "succeeded", count: 1 },
      { name: "Webhook → check → call API → notify", status: "succeeded", count: 3 },
    ],
    issues: [
      { type: "permanent", count: 3, status: "open" },
      { type: "unknown_outcome", count: 1, status: "open" },
    ],
    applied: [
      { name: "crm-target", count: 2 },
      { name: "deploy-target", count: 1 },
      { name: "notify-target", count: 4 },
      { name: "warehouse-target", count: 1 },
    ],
  });
  expect(await runCommand("seed", command, ["demo"])).toBe(0);
  expect(await seen()).toEqual(first);
}, 60_000);

test("the team's workspace has runs of a week that ended well and badly, and some that wait; a second time changes nothing", async () => {
  const runs = () => count("SELECT status, count(*)::int FROM run GROUP BY 1 ORDER BY 1");
  expect(await runCommand("seed", command, ["team"])).toBe(0);
  const first = await runs();
  expect(first).toEqual(["canceled", "failed", "succeeded", "waiting"].map((status) => ({ status, count: expect.any(Number) })));
  const [{ days }] = (await count("SELECT count(DISTINCT date_trunc('day', created_at))::int AS days FROM run")) as [{ days: number }];
  expect(days).toBeGreaterThanOrEqual(7);
  expect(await count("SELECT FROM issue WHERE status = 'open'")).not.toHaveLength(0);
  // Arrivals are counted by the times in the ids.
  expect(await count("SELECT FROM dead_letter WHERE id < uuid_at(now() - interval '2 hours')")).not.toHaveLength(0);
  expect(await count("SELECT FROM dead_letter WHERE left(id::text, 13) <> left(uuid_at(dead_at)::text, 13)")).toEqual([]);
  expect(await runCommand("seed", command, ["team"])).toBe(0);
  expect(await runs()).toEqual(first);
}, 60_000);

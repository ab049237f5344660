import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createHook, deliverTo, eventsOf, type TestHook } from "#lib/door/hooks/testing.ts";
import { doorFailpoints, type FailpointGo, type FailpointReached } from "#lib/shared/failpoints.ts";

/* A web process killed on either side of the one statement that stores a delivery, and the sender who tries again. */

let db: TestDb;
const doors: ChildProcess[] = [];

beforeAll(async () => {
  db = await createTestDb();
});
afterAll(async () => {
  for (const door of doors) door.kill("SIGKILL");
  await db.drop();
});

const killedAt: (typeof doorFailpoints)[number][] = [];

/** A door that dies by kill -9 when a delivery comes to the point; without one it lives. */
async function startDoor(diesAt?: (typeof doorFailpoints)[number]): Promise<{ origin: string; died: Promise<unknown> }> {
  const door = fork(join(import.meta.dirname, "door-entry.ts"), [], {
    execArgv: [],
    env: { PATH: process.env.PATH, DATABASE_URL: db.url, NODE_ENV: "test", LOG_LEVEL: "warn", SLUICE_FAILPOINTS: "all" },
  });
  doors.push(door);
  const died = once(door, "exit");
  const [{ port }] = await once(door, "message");
  door.on("message", ({ failpoint, stay }: FailpointReached) => {
    const go: FailpointGo = { go: stay };
    if (failpoint !== diesAt) return void door.send(go);
    killedAt.push(failpoint);
    door.kill("SIGKILL");
  });
  return { origin: `http://127.0.0.1:${port}`, died };
}

const delivery = { body: '{"order":7}' };

async function runsOf(hook: TestHook): Promise<string[]> {
  const { rows } = await db.db.pool.query<{ id: string }>("SELECT id FROM run WHERE workflow_id = $1", [hook.workflowId]);
  return rows.map((row) => row.id);
}

test("scenario 1: killed between commit and answer, the door has kept the delivery, and its repeat is told of the same run", async () => {
  const hook = await createHook(db, { dedupe: { key: "{{ trigger.body.order }}", ttlMs: 86_400_000 } });
  const first = await startDoor("events-committed");
  await expect(deliverTo(first, hook, delivery)).rejects.toThrow();
  await first.died;
  const [kept, ...more] = await runsOf(hook);
  expect([typeof kept, more]).toEqual(["string", []]);
  const again = await deliverTo(await startDoor(), hook, delivery);
  expect([again.status, await again.json()]).toMatchObject([200, { runId: kept, duplicate: true }]);
  expect(await runsOf(hook)).toEqual([kept]);
});

test("scenario 2: killed before the commit, the door has acknowledged nothing and left nothing, and the repeat starts the one run", async () => {
  const hook = await createHook(db, { dedupe: { key: "{{ trigger.body.order }}", ttlMs: 86_400_000 } });
  const first = await startDoor("events-taken");
  await expect(deliverTo(first, hook, delivery)).rejects.toThrow();
  await first.died;
  expect([await runsOf(hook), await eventsOf(db, hook)]).toEqual([[], []]);
  const again = await deliverTo(await startDoor(), hook, delivery);
  const { runId } = await again.json();
  expect([again.status, await runsOf(hook)]).toEqual([202, [runId]]);
});

test("every point of the door is killed at", () => {
  expect(new Set(killedAt)).toEqual(new Set(doorFailpoints));
});

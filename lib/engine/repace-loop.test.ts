import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repaceLoop } from "./ledger/repace-loop.ts";
import type { LoopPace } from "./loop-state.ts";
import { bodyOf, itemStatuses, loopDocument, loopOutput, numbers, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterEach(() => engine.stop());

async function repace(runId: string, pace: LoopPace): Promise<void> {
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM step WHERE run_id = $1 AND node_id = 'loop'", [runId]);
  const audit = { actorType: "user", actorId: "u1", action: "run.loop_changed", entityType: "run", entityId: runId, details: {} };
  const { workspaceId } = engine;
  const stepId = rows[0]?.id ?? "";
  await repaceLoop(engine.db.pool, { workspaceId, runId, stepId, pace, audit: { ...audit, workspaceId, requestId: "r1" } });
}

const begin = async (document: object, list: number[]) => (await engine.accept(await engine.saveDocument(document), { list })).runId;

/** Does something that wakes the run, and resolves when whoever holds the run is told: that is a job's way, and takes up to a second. */
async function untilTold(act: () => Promise<void>): Promise<void> {
  const client = await engine.db.pool.connect();
  try {
    await client.query("LISTEN sluice_wake");
    const told = once(client, "notification");
    await act();
    await told;
  } finally {
    await client.query("UNLISTEN sluice_wake");
    client.release();
  }
}

/** A remote that answers when it is told to, one call after another. */
function heldRemote(statusOf: (item: unknown) => number = () => 200) {
  const held: (() => void)[] = [];
  engine.onCall((request) => new Promise((resolve) => held.push(() => resolve(answer(statusOf(bodyOf(request)), {})))));
  return { held, all: () => held.splice(0).forEach((go) => void go()) };
}

test("a loop under way takes up more items as soon as a person lets it, and fewer once those under way have ended", async () => {
  const remote = heldRemote();
  const runId = await begin(loopDocument({ loop: { concurrency: 1 } }), numbers(40));
  await expect.poll(() => engine.calls.length, { timeout: 10_000 }).toBe(1);
  await repace(runId, { concurrency: 4, tolerate: {} });
  await expect.poll(() => engine.calls.length, { timeout: 10_000 }).toBe(4);
  await untilTold(() => repace(runId, { concurrency: 1, tolerate: {} }));
  const underWay: number[] = [];
  let open = 4;
  engine.onCall(async () => {
    underWay.push(++open);
    await new Promise(setImmediate);
    open--;
    return answer(200, {});
  });
  open -= remote.held.length;
  remote.all();
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(underWay).toHaveLength(36);
  expect(Math.max(...underWay.slice(-10))).toBe(1);
});

test("a run that is parked goes on at the new pace at once, and another worker keeps to it", async () => {
  const steps = [{ id: "pause", type: "delay", name: "Pause", config: { forMs: 3_600_000 } }];
  const document = loopDocument({ loop: { concurrency: 1 }, nodes: steps, edges: [["call", "pause"]] });
  const runId = await begin(document, numbers(5));
  const waiting = async () => (await stepsOf(engine, runId, "pause")).filter(({ status }) => status === "waiting").length;
  await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
  await repace(runId, { concurrency: 3, tolerate: {} });
  await expect.poll(waiting, { timeout: 10_000 }).toBe(3);
  await engine.startWorker();
  await repace(runId, { concurrency: 5, tolerate: {} });
  await expect.poll(waiting, { timeout: 10_000 }).toBe(5);
});

test("more failures are tolerated from now on, and the loop goes on after one that would have ended it", async () => {
  const remote = heldRemote((item) => (item === 0 ? 422 : 200));
  const runId = await begin(loopDocument({ loop: { concurrency: 1 } }), numbers(3));
  await expect.poll(() => engine.calls.length, { timeout: 10_000 }).toBe(1);
  await repace(runId, { concurrency: 1, tolerate: { count: 1 } });
  const paced = async () => (await engine.db.pool.query("SELECT FROM step WHERE run_id = $1 AND loop_pace IS NOT NULL", [runId])).rowCount;
  expect(await paced()).toBe(1);
  engine.onCall((request) => answer(bodyOf(request) === 0 ? 422 : 200, {}));
  remote.all();
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(itemStatuses(await loopOutput(engine, runId))).toBe("fss");
});

test("a loop that has ended has no pace to change", async () => {
  engine.onCall(() => answer(200, {}));
  const runId = await begin(loopDocument(), numbers(2));
  await untilEnd(engine, runId);
  await expect(repace(runId, { concurrency: 2, tolerate: {} })).rejects.toMatchObject({ code: "conflict", message: /not under way/ });
});

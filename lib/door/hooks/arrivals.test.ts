import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createHook, deliverTo, eventsOf, startHooks, type TestHook, type TestHooks } from "./testing.ts";

/* What a sender is told when the workflow controls the arrival of events. */

let test: TestDb;
let hooks: TestHooks;
beforeAll(async () => {
  test = await createTestDb();
  hooks = await startHooks(test);
});
afterAll(async () => {
  await hooks.close();
  await test.drop();
});

const hookWith = (arrivals: object, config: object = {}) => createHook(test, config, { arrivals });

const send = async (hook: TestHook, body: object) => {
  const response = await deliverTo(hooks, hook, { body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() };
};

it("every event of a debounce is acknowledged with the run that the last one gets", async () => {
  const hook = await hookWith({ debounce: { periodMs: 60_000, timeoutMs: 60_000 } });
  const first = await send(hook, { n: 1 });
  expect(first).toMatchObject({ status: 202, answer: { statusUrl: expect.stringContaining(first.answer.runId) } });
  expect(await send(hook, { n: 2 })).toEqual(first);
  expect((await eventsOf(test, hook)).map(({ outcome }) => outcome)).toEqual(["superseded", "accepted"]);
});

it("a dropped event is answered with 200 and the reason, so that it is not sent again, and at once to a caller that waits", async () => {
  const hook = await hookWith({ limit: { limit: 1, perMs: 60_000 } }, { response: { mode: "ack" } });
  const { answer } = await send(hook, { n: 1 });
  expect(await send(hook, { n: 2 })).toEqual({ status: 200, answer: { dropped: true, reason: "limit", runId: answer.runId } });
  expect((await eventsOf(test, hook)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ["accepted", null],
    ["dropped", "limit"],
  ]);
  const waiting = await hookWith({ singleton: { mode: "skip-new" } }, { response: { mode: "wait", timeoutMs: 100 } });
  const going = await send(waiting, { n: 1 });
  expect(await send(waiting, { n: 2 })).toEqual({
    status: 200,
    answer: { dropped: true, reason: "singleton", runId: going.answer.runId },
  });
});

it("the repeat of a dropped event does not get the answer that another sender's run gave", async () => {
  const config = { response: { mode: "wait", timeoutMs: 100 }, dedupe: { key: "{{ trigger.body.n }}", ttlMs: 60_000 } };
  const hook = await hookWith({ limit: { limit: 1, perMs: 60_000 } }, config);
  const { answer } = await send(hook, { n: 1 });
  await send(hook, { n: 2 });
  const given = JSON.stringify({ status: 200, headers: {}, body: '{"for":"the first"}' });
  await test.db.pool.query("UPDATE run SET status = 'succeeded', answer = $2 WHERE id = $1", [answer.runId, given]);
  expect((await send(hook, { n: 1 })).answer).toEqual({ for: "the first" });
  expect((await send(hook, { n: 2 })).answer).toEqual({ runId: answer.runId, duplicate: true });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createHook, deliverTo, eventsOf, rejectionsOf, startHooks, type TestDelivery, type TestHooks, triggerOf } from "./testing.ts";

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

const deliver = (hook: { token: string }, delivery?: TestDelivery) => deliverTo(hooks, hook, delivery);

describe("a delivery", () => {
  it("is answered with 202 and where to ask once event, run and job are stored", async () => {
    const hook = await createHook(test);
    const response = await deliver(hook, { body: '{"id":7}' });
    expect(response.status).toBe(202);
    const { runId, statusUrl } = await response.json();
    expect(statusUrl).toMatch(new RegExp(`^https://sluice\\.example/hooks/${hook.token}/runs/${runId}\\?key=[\\w-]{22}$`));
    const { rows } = await test.db.pool.query(
      "SELECT status, version, trigger_type, trigger_node_id, deadline_at - created_at < '61 s' AS soon FROM run WHERE id = $1",
      [runId],
    );
    expect(rows).toEqual([{ status: "queued", version: 1, trigger_type: "webhook", trigger_node_id: "n1", soon: true }]);
    const jobs = await test.db.pool.query("SELECT key FROM graphile_worker.jobs WHERE key = $1", [`run:${runId}`]);
    expect(jobs.rows).toHaveLength(1);
  });

  it("becomes the run's trigger: body, lower-case headers without secrets, query, method, times", async () => {
    const hook = await createHook(test);
    await deliver(hook, {
      body: '{ "a": [1, "ä"] }',
      query: "?x=1&y=2&y=3&__proto__=p",
      headers: { "X-Trace": "t", Authorization: "Bearer abcdef", Cookie: "sid=1", "X-Api-Key": "k" },
    });
    const trigger = await triggerOf(test, hook);
    expect(trigger).toMatchObject({
      body: { a: [1, "ä"] },
      method: "POST",
      deliveryId: null,
      headers: { "x-trace": "t", authorization: "Bearer [masked]", cookie: "sid=[masked]", "x-api-key": "[masked]" },
    });
    expect(JSON.stringify(trigger.query)).toBe('{"x":"1","y":["2","3"],"__proto__":"p"}');
    expect(trigger.receivedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("may be a form or text, and is read as what it says it is", async () => {
    const cases = [
      {
        type: "application/x-www-form-urlencoded",
        body: "a=1&b=x+y&a=2&c[d]=3&__proto__[x]=1",
        expected: '{"a":["1","2"],"b":"x y","c[d]":"3","__proto__[x]":"1"}',
      },
      { type: "text/plain", body: '{"not":"parsed"}', expected: JSON.stringify('{"not":"parsed"}') },
      { type: "application/vnd.api+json; charset=utf-8", body: '{"a":1}', expected: '{"a":1}' },
      { type: "application/xml", body: "<a/>", expected: '"<a/>"' },
    ];
    for (const { type, body, expected } of cases) {
      const hook = await createHook(test);
      expect((await deliver(hook, { body, headers: { "content-type": type } })).status, type).toBe(202);
      expect(JSON.stringify((await triggerOf(test, hook)).body)).toBe(expected);
    }
  });

  it("may have no body", async () => {
    const hook = await createHook(test, { method: "GET" });
    expect((await deliver(hook, { method: "GET", query: "?a=1" })).status).toBe(202);
    expect(await triggerOf(test, hook)).toMatchObject({ body: null, query: { a: "1" } });
  });

  it("keeps odd text whole: NUL, lone surrogates, a byte order mark, a key named __proto__", async () => {
    const hook = await createHook(test);
    expect((await deliver(hook, { body: '\ufeff{"a":"\\u0000\\ud800","__proto__":{"x":1}}' })).status).toBe(202);
    expect(JSON.stringify((await triggerOf(test, hook)).body)).toBe('{"a":"\\u0000\\ud800","__proto__":{"x":1}}');
  });
});

describe("duplicates", () => {
  const body = JSON.stringify({ id: "evt_1", n: 1 });

  it("of one key start one run, and are told its id", async () => {
    const hook = await createHook(test, { dedupe: { key: "{{ trigger.body.id }}" } });
    const first = await (await deliver(hook, { body })).json();
    const again = await deliver(hook, { body });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ runId: first.runId, duplicate: true });
    const changed = await deliver(hook, { body: JSON.stringify({ id: "evt_1", n: 2 }) });
    expect(await changed.json()).toEqual({ runId: first.runId, duplicate: true, conflicting: true });
    expect((await eventsOf(test, hook)).map((event) => [event.outcome, event.reason])).toEqual([
      ["accepted", null],
      ["duplicate", null],
      ["duplicate", "conflicting_duplicate"],
    ]);
  });

  it("sent 50 at once to two servers start one run", async () => {
    const hook = await createHook(test, { dedupe: { key: "{{ trigger.body.id }}" } });
    const other = await startHooks(test);
    const send = (origin: string) =>
      fetch(`${origin}/hooks/${hook.token}`, { method: "POST", body, headers: { "content-type": "application/json" } });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => send(i % 2 ? hooks.origin : other.origin)));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    expect(new Set(await Promise.all(answers.map(async (answer) => (await answer.json()).runId))).size).toBe(1);
    const { rows } = await test.db.pool.query("SELECT FROM run WHERE trigger_id = $1", [hook.triggerId]);
    expect(rows).toHaveLength(1);
    await other.close();
  });

  it("are each a run of their own when there is no key", async () => {
    const hook = await createHook(test);
    const answers = await Promise.all([deliver(hook, { body }), deliver(hook, { body })]);
    expect(answers.map((answer) => answer.status)).toEqual([202, 202]);
  });

  it.each(["{{ trigger.body.missing }}", "{{ trigger.body.nothing }}", "{{ trigger.body.list }}", "{{ trigger.body.empty }}"])(
    "are never made of a key that says nothing: %s",
    async (key) => {
      const hook = await createHook(test, { dedupe: { key } });
      expect((await deliver(hook, { body: '{"nothing":null,"list":[1],"empty":" "}' })).status).toBe(422);
      expect(await rejectionsOf(test, hook, 1)).toMatchObject([{ reason: "dedupe_key" }]);
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createHook, deliverTo, eventsOf, startHooks, type TestDelivery, type TestHook, type TestHooks } from "./testing.ts";

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

describe("a caller that waits", () => {
  const config = { response: { mode: "wait", timeoutMs: 2_000 } };
  async function end(hook: TestHook, runId: string, status: string, answer: object | null): Promise<void> {
    const text = answer === null ? null : JSON.stringify(answer);
    await test.db.pool.query("UPDATE run SET status = $2, answer = $3, finished_at = now() WHERE id = $1", [runId, status, text]);
    await test.db.pool.query("SELECT pg_notify('sluice_run', $1)", [JSON.stringify({ w: hook.workspaceId, k: "run", i: [runId] })]);
  }

  async function startedRun(hook: TestHook): Promise<string> {
    for (;;) {
      const [event] = await eventsOf(test, hook);
      if (event?.run_id) return event.run_id;
      await new Promise(setImmediate);
    }
  }

  it("gets the workflow's own answer, which can do nothing to the application's origin", async () => {
    const hook = await createHook(test, config);
    const pending = deliver(hook, { body: "{}" });
    const headers = {
      "Content-Type": "text/html",
      "Set-Cookie": "session=1",
      "Content-Security-Policy": "default-src *",
      "X-Own": "1",
      "bad name": "x",
      "x-bad": "a\r\nb",
    };
    await end(hook, await startedRun(hook), "succeeded", { status: 201, headers, body: "<script>alert(1)</script>" });
    const response = await pending;
    expect([response.status, await response.text()]).toEqual([201, "<script>alert(1)</script>"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html",
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
      "x-own": "1",
    });
    expect([response.headers.get("set-cookie"), response.headers.get("bad name".replace(" ", "-")), response.headers.get("x-bad")]).toEqual(
      [null, null, null],
    );
  });

  it("gets an answer without a body for a status that has none", async () => {
    const hook = await createHook(test, config);
    const pending = deliver(hook, { body: "{}" });
    await end(hook, await startedRun(hook), "succeeded", { status: 204, headers: {}, body: "ignored" });
    expect((await pending).status).toBe(204);
  });

  it("gets how the run ended when the workflow gave no answer", async () => {
    for (const [status, expected] of [
      ["succeeded", 200],
      ["failed", 500],
    ] as const) {
      const hook = await createHook(test, config);
      const pending = deliver(hook, { body: "{}" });
      const runId = await startedRun(hook);
      await end(hook, runId, status, null);
      const response = await pending;
      expect([response.status, await response.json()]).toEqual([expected, { runId, status }]);
    }
  });

  it("gets the same answer for a repeat of its delivery", async () => {
    const hook = await createHook(test, { ...config, dedupe: { key: "{{ trigger.body.id }}" } });
    const body = '{"id":1}';
    const pending = deliver(hook, { body });
    await end(hook, await startedRun(hook), "succeeded", { status: 200, headers: {}, body: '{"ok":true}' });
    await pending;
    const again = await deliver(hook, { body });
    expect([again.status, await again.json(), again.headers.get("idempotent-replay")]).toEqual([200, { ok: true }, "true"]);
  });

  it("gets 202 when the run takes longer than it wants to wait", async () => {
    const hook = await createHook(test, { response: { mode: "wait", timeoutMs: 100 } });
    expect((await deliver(hook, { body: "{}" })).status).toBe(202);
  });

  it("can be acknowledged in the sender's own way", async () => {
    const hook = await createHook(test, { response: { status: 200, body: '{"accepted":true}' } });
    const response = await deliver(hook, { body: "{}" });
    expect([response.status, await response.json(), response.headers.get("content-type")]).toEqual([
      200,
      { accepted: true },
      "application/json",
    ]);
  });
});

describe("a run's status", () => {
  it("is told to its caller and to the holder of the trigger's status secret, and to nobody else", async () => {
    const [hook, other] = [await createHook(test), await createHook(test)];
    const { runId, statusUrl } = await (await deliver(hook, { body: "{}" })).json();
    const local = statusUrl.replace("https://sluice.example", hooks.origin);
    const ask = async (url: string, headers: Record<string, string> = {}) => {
      const response = await fetch(url, { headers });
      return [response.status, (await response.json()).status];
    };
    const bare = `${hooks.origin}/hooks/${hook.token}/runs/${runId}`;
    expect(await ask(local)).toEqual([200, "queued"]);
    expect(await ask(bare, { authorization: `Bearer ${hook.statusSecret}` })).toEqual([200, "queued"]);
    expect(await ask(bare)).toEqual([404, 404]);
    expect(await ask(bare, { authorization: `Bearer ${hook.token}` })).toEqual([404, 404]);
    expect(await ask(`${local}x`)).toEqual([404, 404]);
    expect(await ask(`${hooks.origin}/hooks/${other.token}/runs/${runId}`, { authorization: `Bearer ${other.statusSecret}` })).toEqual([
      404, 404,
    ]);
    expect(await ask(`${hooks.origin}/hooks/${hook.token}/runs/not-an-id`, { authorization: `Bearer ${hook.statusSecret}` })).toEqual([
      404, 404,
    ]);
  });
});

import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createHook, deliverTo, rejectionsOf, startHooks, type TestDelivery, type TestHooks } from "./testing.ts";

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

describe("what is refused", () => {
  it("is an unknown address, always in the same words", async () => {
    const hook = await createHook(test);
    const tokens = ["", "x", "*", "%", hook.token.slice(0, -1), `${hook.token}x`, "a".repeat(32), hook.triggerId, `${hook.token}%00`];
    const words = async (response: Response) => ({ ...(await response.json()), requestId: "" });
    const known = await words(await deliver({ token: "b".repeat(32) }, { body: "{}" }));
    expect(known).toMatchObject({ status: 404, code: "not_found" });
    for (const token of tokens.slice(1)) {
      const response = await deliver({ token }, { body: "{}" });
      expect(response.status, token).toBe(404);
      if (token !== "%") expect(await words(response), token).toEqual(known);
    }
  });

  it("is the address of a workflow that is archived, not published, or has no such trigger any more", async () => {
    const statements = [
      "UPDATE workflow SET archived_at = now() WHERE id = $1",
      "UPDATE workflow SET live_version = NULL WHERE id = $1",
      "UPDATE workflow SET live_version = 2 WHERE id = $1",
      "UPDATE workflow_trigger SET enabled = false WHERE workflow_id = $1",
    ];
    for (const statement of statements) {
      const hook = await createHook(test);
      await test.db.pool.query(statement, [hook.workflowId]);
      expect((await deliver(hook, { body: "{}" })).status, statement).toBe(404);
    }
  });

  it("is a delivery to a paused workflow, which the sender keeps for later", async () => {
    const hook = await createHook(test);
    await test.db.pool.query("UPDATE workflow SET paused_at = now() WHERE id = $1", [hook.workflowId]);
    await test.db.pool.query("UPDATE workflow_trigger SET enabled = false WHERE id = $1", [hook.triggerId]);
    const response = await deliver(hook, { body: "{}" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(await rejectionsOf(test, hook, 1)).toMatchObject([{ reason: "paused" }]);
  });

  it("is another method, with the ones that are taken", async () => {
    const hook = await createHook(test);
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]) {
      const response = await deliver(hook, { method });
      expect([response.status, response.headers.get("allow"), response.headers.get("access-control-allow-origin")], method).toEqual([
        405,
        "POST",
        null,
      ]);
    }
    const any = await createHook(test, { method: "ANY" });
    expect((await deliver(any, { method: "PUT", body: "{}" })).status).toBe(202);
    expect((await deliver(any, { method: "OPTIONS" })).headers.get("allow")).toBe("GET, POST, PUT, PATCH, DELETE");
  });

  it("is a body over the limit, declared or not, and one byte less is taken", async () => {
    const hook = await createHook(test);
    const json = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
    expect((await deliver(hook, { body: json(10_000) })).status).toBe(202);
    expect((await deliver(hook, { body: json(10_001) })).status).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(json(10_001)));
        controller.close();
      },
    });
    const init = { method: "POST", body: chunked, duplex: "half", headers: { "content-type": "application/json" } };
    const response = await fetch(`${hooks.origin}/hooks/${hook.token}`, init);
    expect(response.status).toBe(413);
    expect((await rejectionsOf(test, hook, 2)).map((event) => event.reason)).toEqual(["body_too_large", "body_too_large"]);
  });

  it("is a body over the limit before the rest of it is read", async () => {
    const hook = await createHook(test);
    const { port, hostname } = new URL(hooks.origin);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /hooks/${hook.token} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n[`);
    const [answer] = await new Promise<Buffer[]>((resolve) => socket.once("data", (data) => resolve([data])));
    expect(answer?.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it("is a content type that is not understood, or a body in another one than declared", async () => {
    const hook = await createHook(test);
    const status = async (type: string, body: string | Buffer, headers: Record<string, string> = {}) =>
      (await deliver(hook, { body, headers: { "content-type": type, ...headers } })).status;
    expect(await status("multipart/form-data; boundary=x", "--x--")).toBe(415);
    expect(await status("", "{}")).toBe(415);
    expect(await status("image/png", "x")).toBe(415);
    expect(await status("application/json; charset=utf-16", "{}")).toBe(415);
    expect(await status("application/json", gzipSync("{}"), { "content-encoding": "gzip" })).toBe(415);
    expect(await status("application/json", "a=1")).toBe(400);
    expect(await status("application/json", Buffer.from([0x22, 0xff, 0x22]))).toBe(422);
    expect(await status("text/plain", Buffer.from([0xff]))).toBe(422);
  });

  it("is JSON nested too deeply or holding too many values", async () => {
    const hook = await createHook(test);
    const response = await deliver(hook, { body: "[".repeat(5_000) + "]".repeat(5_000) });
    expect([response.status, (await response.json()).code]).toEqual([400, "too_deep"]);
    const wide = await startHooks(test, { settings: { baseUrl: "http://x", maxBodyBytes: 1_000_000 } });
    const many = await fetch(`${wide.origin}/hooks/${hook.token}`, {
      method: "POST",
      body: JSON.stringify(Array(60_000).fill(1)),
      headers: { "content-type": "application/json" },
    });
    expect([many.status, (await many.json()).code]).toEqual([400, "too_many_values"]);
    await wide.close();
  });

  it("is what exceeds the trigger's rate, with how long to wait", async () => {
    const hook = await createHook(test, { rateLimit: { limit: 2, perMs: 60_000 } });
    const answers = [await deliver(hook, { body: "{}" }), await deliver(hook, { body: "{}" }), await deliver(hook, { body: "{}" })];
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 429]);
    const limited = answers[2]?.headers;
    expect([limited?.get("retry-after"), limited?.get("ratelimit"), limited?.get("ratelimit-policy")]).toEqual([
      "30",
      '"default";r=0;t=30',
      '"default";q=2;w=60',
    ]);
  });

  it("is recorded some times, then counted", async () => {
    const hook = await createHook(test);
    for (let i = 0; i < 40; i++) await deliver(hook, { method: "PUT" });
    expect(await rejectionsOf(test, hook, 20)).toHaveLength(20);
  });
});

describe("while the database", () => {
  it("does not answer, senders are told to come back within two seconds", async () => {
    const hook = await createHook(test);
    const stuck = await startHooks(test, { intake: { accept: () => new Promise(() => undefined), reject: async () => undefined } });
    const startedAt = performance.now();
    const response = await fetch(`${stuck.origin}/hooks/${hook.token}`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await stuck.close();
  });

  it("is gone, nothing is acknowledged", async () => {
    const own = await createTestDb();
    const hook = await createHook(own);
    const orphan = await startHooks(own);
    await own.db.close();
    const response = await fetch(`${orphan.origin}/hooks/${hook.token}`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(503);
    await orphan.close();
    await own.drop();
  });
});

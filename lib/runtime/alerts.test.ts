import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { insertChannel } from "#lib/alerts/testing-rows.ts";
import { makeSigningKey } from "#lib/alerts/webhook.ts";
import { answer, createTestEngine, type TestEngine } from "#lib/engine/testing.ts";
import { NodeError } from "#lib/nodes/runner.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "call", type: "http-request", name: "Create the order", config: { method: "PUT", url: "https://api.test/x" } },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

async function alertOf(channelId: string): Promise<{ state: string; attempts: number; answer: string | null } | undefined> {
  const { rows } = await engine.db.pool.query("SELECT state, attempts, answer FROM alert WHERE channel_id = $1", [channelId]);
  return rows[0];
}

/** Waits until an attempt has been settled: its answer is there. */
const settled = (channelId: string, expected: { state: string; attempts: number; answer: string }) =>
  vi.waitFor(async () => expect(await alertOf(channelId)).toEqual(expected), { timeout: 15_000 });

/** Does at once what the workers do every five seconds. */
const arm = () => engine.db.pool.query("SELECT graphile_worker.add_job('route-alerts')");

test("scenario 93: a channel that is down or slows us down leaves the failing run as it is, and the alert waits and arrives", async () => {
  const { channelId } = await insertChannel(engine.db, engine.workspaceId, {
    url: "https://alerts.test/hook",
    signingKey: makeSigningKey(),
  });
  let channel: "down" | "limited" | "up" = "down";
  engine.onCall(({ url }) => {
    if (!url.startsWith("https://alerts.test/")) return answer(404, {});
    if (channel === "down") throw new NodeError("unavailable", "connect_refused", "no connection to alerts.test");
    return channel === "limited" ? answer(429, {}, { "retry-after": "3600" }) : answer(200, {});
  });
  await engine.startWorker();
  const { runId, status } = await engine.run(await engine.saveDocument(document), {});
  expect(status).toBe("failed");
  await arm();
  await settled(channelId, { state: "pending", attempts: 1, answer: "no connection to alerts.test" });

  const tryAgain = async () => {
    await engine.db.pool.query("UPDATE alert SET next_at = now() WHERE channel_id = $1", [channelId]);
    await engine.db.pool.query("UPDATE alert_channel SET resume_at = NULL WHERE id = $1", [channelId]);
    await engine.db.pool.query("SELECT graphile_worker.add_job('send-alerts', json_build_object('channelId', $1::text))", [channelId]);
  };
  channel = "limited";
  await tryAgain();
  await settled(channelId, { state: "pending", attempts: 2, answer: "answered 429: {}" });
  channel = "up";
  await tryAgain();
  await settled(channelId, { state: "sent", attempts: 3, answer: "answered 200: {}" });

  const told = engine.calls.filter(({ url }) => url.startsWith("https://alerts.test/"));
  expect(new Set(told.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const { rows } = await engine.db.pool.query("SELECT status, finished_at < now() AS over FROM run WHERE id = $1", [runId]);
  expect(rows).toEqual([{ status: "failed", over: true }]);
});

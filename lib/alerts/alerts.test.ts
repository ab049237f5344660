import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { createTestOutbound, type FakeRemote, startRemote } from "#lib/outbound/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { refuseDelivery } from "#lib/triggers/webhook/verify.ts";
import { Alerts } from "./alerts.ts";
import { insertChannel, insertNews } from "./testing-rows.ts";
import { makeSigningKey } from "./webhook.ts";

let database: TestDb;
let remote: FakeRemote;
let alerts: Alerts;
let respond: (response: ServerResponse) => void;
let at: { workspaceId: string; workflowId: string };
const signingKey = makeSigningKey();

beforeAll(async () => {
  database = await createTestDb();
  remote = await startRemote((_, response) => respond(response));
  const outbound = createTestOutbound([remote]);
  const secrets = { openText: async ({ sealed }: { sealed: string }) => sealed };
  alerts = new Alerts({ pool: database.db.pool, secrets, carriers: { outbound, mail: null }, baseUrl: "https://sluice.test" });
});
afterAll(async () => {
  await remote.close();
  await database.drop();
});
beforeEach(async () => {
  remote.requests.length = 0;
  respond = (response) => response.end("thanks");
  const { workspaceId } = await createTestWorkspace(database.db);
  at = { workspaceId, workflowId: newId() };
  const draft = JSON.stringify({ nodes: [{ id: "call", name: "Create the order", notes: "Ring the shop." }] });
  await sql("INSERT INTO workflow (id, workspace_id, name, draft) VALUES ($1, $2, 'Orders', $3)", [at.workflowId, workspaceId, draft]);
});

const sql = (text: string, values: unknown[] = []) => database.db.pool.query(text, values);
const channel = () => insertChannel(database.db, at.workspaceId, { url: `${remote.origin}/hook`, signingKey });
const news = (title?: string) => insertNews(database.db, at, title);

async function logOf(channelId: string) {
  const { rows } = await sql(
    "SELECT state, attempts, answer, message_id, next_at > now() AS later FROM alert WHERE channel_id = $1 ORDER BY id",
    [channelId],
  );
  return rows;
}

async function channelRow(channelId: string) {
  return (await sql("SELECT *, resume_at > now() AS waits FROM alert_channel WHERE id = $1", [channelId])).rows[0];
}

/** As if the time until the next attempt had passed. */
async function laterOn(channelId: string) {
  await sql("UPDATE alert SET next_at = now() WHERE channel_id = $1 AND state = 'pending'", [channelId]);
  await sql("UPDATE alert_channel SET resume_at = NULL WHERE id = $1", [channelId]);
}

test("an issue that opens is told once through its channel, signed, with what broke, where, and its runbook", async () => {
  const { channelId } = await channel();
  const issueId = await news();
  await Promise.all([alerts.route(), alerts.route()]);
  await alerts.route();
  await alerts.send(channelId);
  await alerts.send(channelId);
  expect(await logOf(channelId)).toMatchObject([{ state: "sent", attempts: 1, answer: "answered 200: thanks" }]);
  expect(remote.requests).toHaveLength(1);
  const [seen] = remote.requests;
  if (seen === undefined) throw new Error("nothing arrived");
  const held = { plain: {}, secrets: [{ field: "secret", value: signingKey }] };
  const scheme = { scheme: "standard-webhooks" as const, secretConnectionId: newId(), toleranceMs: 300_000 };
  expect(refuseDelivery(scheme, held, { headers: seen.headers, body: Buffer.from(seen.body), nowMs: Date.now() })).toBeNull();
  expect(JSON.parse(seen.body)).toMatchObject({
    type: "issue.opened",
    data: {
      issues: [
        {
          id: issueId,
          title: "PUT api.test answered 404",
          workflowName: "Orders",
          stepName: "Create the order",
          runbook: "Ring the shop.",
          url: `https://sluice.test/inbox?tab=all&issue=${issueId}`,
        },
      ],
    },
  });
});

test("an alert's jobs are added with it, and added anew when they are lost", async () => {
  const { channelId } = await channel();
  await news();
  const jobs = async () =>
    (await sql("SELECT key FROM graphile_worker.jobs WHERE key = ANY ($1)", [["route-alerts", `alerts:${channelId}`]])).rows;
  await alerts.arm();
  expect(await jobs()).toEqual([{ key: "route-alerts" }]);
  await alerts.route();
  expect(await jobs()).toHaveLength(2);
  await sql("SELECT graphile_worker.remove_job($1)", [`alerts:${channelId}`]);
  await alerts.arm();
  expect(await jobs()).toHaveLength(2);
});

test("whoever dies with an alert in hand leaves it to be sent again, as the same message", async () => {
  const { channelId } = await channel();
  await news();
  await alerts.route();
  respond = (response) => response.destroy();
  await alerts.send(channelId);
  const [{ message_id: first }] = await logOf(channelId);
  respond = (response) => response.end();
  await laterOn(channelId);
  await alerts.send(channelId);
  expect(await logOf(channelId)).toMatchObject([{ state: "sent", attempts: 2, message_id: first }]);
  expect(new Set(remote.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

test("a storm is one message that counts what it does not name", async () => {
  const { channelId } = await channel();
  for (let index = 0; index < 47; index++) await news(`failure ${index}`);
  await alerts.route();
  await alerts.send(channelId);
  expect(remote.requests).toHaveLength(1);
  expect(JSON.parse(remote.requests[0]?.body ?? "")).toMatchObject({ type: "issue.digest", data: { more: 37 } });
  const log = await logOf(channelId);
  expect(log).toHaveLength(47);
  expect(log.every(({ state }) => state === "sent")).toBe(true);
});

test("above twenty messages a minute a channel waits, and what waits is kept", async () => {
  const { channelId } = await channel();
  const now = Date.now();
  await sql("UPDATE alert_channel SET grants = $2 WHERE id = $1", [channelId, JSON.stringify(Array.from({ length: 20 }, () => now))]);
  await news();
  await alerts.route();
  await alerts.send(channelId);
  expect(remote.requests).toHaveLength(0);
  expect(await logOf(channelId)).toMatchObject([{ state: "pending", attempts: 0 }]);
  expect(await channelRow(channelId)).toMatchObject({ waits: true });
});

test("a remote that asks for patience gets it, a redirect is a failure that is not followed", async () => {
  const { channelId } = await channel();
  await news();
  await alerts.route();
  respond = (response) => response.writeHead(429, { "retry-after": "120" }).end();
  await alerts.send(channelId);
  expect(await logOf(channelId)).toMatchObject([{ state: "pending", attempts: 1, answer: "answered 429", later: true }]);
  expect(await channelRow(channelId)).toMatchObject({ waits: true, last_success_at: null });
  await laterOn(channelId);
  respond = (response) => response.writeHead(302, { location: `${remote.origin}/elsewhere` }).end();
  await alerts.send(channelId);
  expect(remote.requests.map(({ url }) => url)).toEqual(["/hook", "/hook"]);
  expect(await logOf(channelId)).toMatchObject([{ state: "pending", attempts: 2, answer: "answered 302" }]);
});

test("410 turns a channel off: what waits for it goes out no more, and the reason is kept", async () => {
  const { channelId } = await channel();
  await news();
  await news("another failure");
  await alerts.route();
  respond = (response) => response.writeHead(410).end();
  await alerts.send(channelId);
  await alerts.send(channelId);
  expect(remote.requests).toHaveLength(1);
  expect(await channelRow(channelId)).toMatchObject({ enabled: false, disabled_reason: "it answered 410: this address is gone for good" });
  expect((await logOf(channelId)).map(({ state }) => state)).toEqual(["failed", "suppressed"]);
  await news("a third");
  await alerts.route();
  expect((await logOf(channelId)).at(-1)).toMatchObject({ state: "suppressed", answer: "the channel was off" });
});

test("a channel with nothing but failures for five days is turned off", async () => {
  const { channelId } = await channel();
  await news();
  await alerts.route();
  respond = (response) => response.writeHead(500).end();
  await alerts.send(channelId);
  await sql("UPDATE alert_channel SET failing_since = now() - interval '5 days 1 minute' WHERE id = $1", [channelId]);
  await laterOn(channelId);
  await alerts.send(channelId);
  expect(await channelRow(channelId)).toMatchObject({ enabled: false });
});

test("a muted rule is still looked at: what it would have sent stands in the log", async () => {
  const { channelId, ruleId } = await channel();
  await sql("UPDATE alert_rule SET muted_until = now() + interval '1 hour', muted_by = 'Ada', mute_reason = 'we know' WHERE id = $1", [
    ruleId,
  ]);
  await news();
  await alerts.route();
  await alerts.send(channelId);
  expect(await logOf(channelId)).toMatchObject([{ state: "suppressed", answer: "muted by Ada: we know" }]);
  expect(remote.requests).toHaveLength(0);
});

test("an address inside the network is not called", async () => {
  const { channelId } = await insertChannel(database.db, at.workspaceId, { url: "http://169.254.169.254/latest", signingKey });
  await news();
  await alerts.route();
  await alerts.send(channelId);
  expect((await logOf(channelId))[0]?.answer).toContain("must not be called");
});

test("a rule of another workspace hears nothing", async () => {
  const other = await createTestWorkspace(database.db);
  const { channelId } = await insertChannel(database.db, other.workspaceId, { url: `${remote.origin}/hook`, signingKey });
  await news();
  await alerts.route();
  expect(await logOf(channelId)).toEqual([]);
});

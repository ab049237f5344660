import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Alerts } from "#lib/alerts/alerts.ts";
import { insertNews } from "#lib/alerts/testing-rows.ts";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { type FakeRemote, startRemote } from "#lib/outbound/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditActions, createTestCapabilities, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import {
  changeChannel,
  changeRule,
  createChannel,
  createRule,
  listAlerts,
  listChannels,
  listRules,
  previewRule,
  removeChannel,
  removeRule,
  testChannel,
} from "./index.ts";
import { createRuleSchema, listAlertsSchema, previewRuleSchema } from "./schemas.ts";

let database: TestDb;
let remote: FakeRemote;
let team: TestTeam;
let builder: TestContext;

beforeAll(async () => {
  database = await createTestDb();
  remote = await startRemote(({ url }, response) => response.writeHead(url.startsWith("/gone") ? 410 : 200).end("thanks"));
});
afterAll(async () => {
  await remote.close();
  await database.drop();
});
beforeEach(async () => {
  team = await createTestTeam(database.db, createTestCapabilities(database.db, [remote]));
  builder = team.as("builder");
});

const webhook = (path = "/hook", name = newId()) =>
  createChannel({ ctx: builder, input: { kind: "webhook", name, url: `${remote.origin}${path}?token=s3cret` } });
const refused = (work: Promise<unknown>) => expect(work).rejects;

test("a channel never shows its address, tells its signing key once, and the first one brings a rule with it", async () => {
  const made = await webhook();
  expect(made.signingKey).toMatch(/^whsec_/);
  expect(made.target).toBe(`${remote.origin}/…`);
  const { items } = await listChannels({ ctx: team.as("viewer") });
  expect(JSON.stringify(items)).not.toMatch(/s3cret|whsec/);
  await webhook();
  expect((await listRules({ ctx: builder })).items).toMatchObject([
    { name: "Every critical issue", criticalOnly: true, workflows: [], channels: [{ id: made.id }], lastNotifiedAt: null },
  ]);
  const { rows } = await database.db.pool.query("SELECT details FROM audit_log WHERE workspace_id = $1", [team.workspaceId]);
  expect(JSON.stringify(rows)).not.toMatch(/s3cret|whsec/);
});

test("a test sends what an alert looks like and shows the answer", async () => {
  const { id } = await webhook();
  const result = await testChannel({ ctx: builder, input: { id } });
  expect(result).toMatchObject({ ok: true, answer: "answered 200: thanks" });
  expect(JSON.parse(result.sent)).toMatchObject({ type: "issue.opened", data: { test: true } });
  expect(remote.requests.at(-1)?.body).toBe(result.sent);
  expect((await listChannels({ ctx: builder })).items[0]).toMatchObject({ lastAnswer: "answered 200: thanks" });
  const gone = await webhook("/gone");
  expect(await testChannel({ ctx: builder, input: { id: gone.id } })).toMatchObject({ ok: false, answer: "answered 410: thanks" });
});

test("an alert stands in the log with its issue, rule and channel, and the rule says when it spoke last", async () => {
  const { id: channelId } = await webhook();
  const workflowId = newId();
  await database.db.pool.query("INSERT INTO workflow (id, workspace_id, name, draft) VALUES ($1, $2, 'Orders', '{}')", [
    workflowId,
    team.workspaceId,
  ]);
  const issueId = await insertNews(database.db, { workspaceId: team.workspaceId, workflowId });
  const alerts = new Alerts({ pool: database.db.pool, secrets: builder.secrets, carriers: builder, baseUrl: builder.baseUrl });
  await alerts.route();
  const preview = (choice: object) => previewRule({ ctx: team.as("viewer"), input: previewRuleSchema.parse(choice) });
  expect(await preview({})).toMatchObject({ days: 7, count: 1, latest: [{ kind: "opened", issueId }] });
  expect(await preview({ workflowIds: [newId()] })).toMatchObject({ count: 0, latest: [] });
  const list = () => listAlerts({ ctx: team.as("viewer"), input: listAlertsSchema.parse({ issueId }) });
  expect((await list()).items).toMatchObject([{ state: "pending", attempts: 0, answer: null, channel: { id: channelId } }]);
  await alerts.send(channelId);
  expect((await list()).items).toMatchObject([
    { state: "sent", attempts: 1, messageSize: 1, nextAt: null, rule: { name: "Every critical issue" }, issue: { workflowName: "Orders" } },
  ]);
  expect((await listRules({ ctx: builder })).items[0]?.lastNotifiedAt).not.toBeNull();
  const others = await createTestTeam(database.db);
  expect((await listAlerts({ ctx: others.as("owner"), input: listAlertsSchema.parse({}) })).items).toEqual([]);
});

test("a rule is muted with a time, a reason and a name, and both sides of each change are audited", async () => {
  const { id: channelId } = await webhook();
  const rule = await createRule({ ctx: team.as("operator"), input: createRuleSchema.parse({ name: "Orders", channelIds: [channelId] }) });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const muted = await changeRule({ ctx: team.as("operator"), input: { id: rule.id, mute: { until, reason: "we know" } } });
  expect(muted).toMatchObject({ mutedUntil: until, muteReason: "we know", mutedBy: "Test operator" });
  const past = { until: "2020-01-01T00:00:00Z", reason: "" };
  await refused(changeRule({ ctx: builder, input: { id: rule.id, mute: past } })).toThrow("still to come");
  expect(await changeRule({ ctx: builder, input: { id: rule.id, mute: null, enabled: false } })).toMatchObject({
    mutedUntil: null,
    enabled: false,
  });
  await removeRule({ ctx: builder, input: { id: rule.id } });
  expect((await auditActions(database.db, team.workspaceId)).slice(-4)).toEqual([
    "alert_rule.created",
    "alert_rule.muted",
    "alert_rule.unmuted",
    "alert_rule.removed",
  ]);
});

test("names are taken once, and what a rule names must be there", async () => {
  const { id: channelId, name } = await webhook();
  await refused(webhook("/hook", name)).toMatchObject({ code: "conflict", problems: [{ path: "name" }] });
  const input = createRuleSchema.parse({ name: "Orders", channelIds: [newId()], workflowIds: [newId()] });
  await refused(createRule({ ctx: builder, input })).toMatchObject({ problems: [{ path: "workflowIds" }, { path: "channelIds" }] });
  const others = await createTestTeam(database.db);
  const foreign = createRuleSchema.parse({ name: "Orders", channelIds: [channelId] });
  await refused(createRule({ ctx: others.as("owner"), input: foreign })).toMatchObject({ problems: [{ path: "channelIds" }] });
});

test("a channel that was turned off by itself begins anew when a person turns it on or mends its address", async () => {
  const { id, signingKey } = await webhook("/gone");
  await database.db.pool.query("UPDATE alert_channel SET enabled = false, disabled_reason = 'gone', failing_since = now() WHERE id = $1", [
    id,
  ]);
  const mended = await changeChannel({ ctx: builder, input: { id, url: `${remote.origin}/hook`, enabled: true, newSigningKey: true } });
  expect(mended).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
  expect(mended.signingKey).not.toBe(signingKey);
  expect(await testChannel({ ctx: builder, input: { id } })).toMatchObject({ ok: true });
  await refused(changeChannel({ ctx: builder, input: { id, to: ["a@example.com"] } })).toMatchObject({ problems: [{ path: "to" }] });
});

test("a removed channel leaves its rules, and rules are made by operators, channels by builders", async () => {
  const { id } = await webhook();
  await removeChannel({ ctx: builder, input: { id } });
  expect((await listRules({ ctx: builder })).items).toMatchObject([{ channels: [] }]);
  expect((await listChannels({ ctx: builder })).items).toEqual([]);
  await refused(testChannel({ ctx: builder, input: { id } })).toMatchObject({ code: "not_found" });
  await refused(removeChannel({ ctx: team.as("operator"), input: { id } })).toMatchObject({ code: "forbidden" });
  await refused(createRule({ ctx: team.as("viewer"), input: createRuleSchema.parse({ name: "x", channelIds: [id] }) })).toMatchObject({
    code: "forbidden",
  });
});

test("a mail channel needs a mail server", async () => {
  const input = { kind: "email" as const, name: "On call", to: ["ops@example.com"] };
  await refused(createChannel({ ctx: builder, input })).toMatchObject({ code: "invalid_input", problems: [{ path: "kind" }] });
  const mails: unknown[] = [];
  const mail = async (one: unknown) => {
    mails.push(one);
    return "250 queued";
  };
  const { id, target } = await createChannel({ ctx: { ...builder, mail }, input });
  expect(target).toBe("ops@example.com");
  expect(await testChannel({ ctx: { ...builder, mail }, input: { id } })).toMatchObject({
    ok: true,
    answer: "the mail server took it: 250 queued",
  });
  expect(mails).toMatchObject([{ to: ["ops@example.com"], subject: "Test: New issue: PUT api.example.com answered 404" }]);
});

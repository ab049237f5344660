import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { templates } from "#lib/graph/templates/templates.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditActions, createTestTeam, type TestTeam } from "../testing.ts";
import { smallDocument, webhookDocument } from "../testing-rows.ts";
import * as workflows from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const create = (input: object = {}) =>
  workflows.createWorkflow({ ctx: team.as("builder"), input: workflows.createWorkflowSchema.parse({ name: "Flow", ...input }) });
const publish = (id: string) => workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "" } });

describe("making and editing a workflow", () => {
  it("starts blank, from a document, or from every template", async () => {
    expect((await create()).draft).toMatchObject({ revision: 1, document: { nodes: [] } });
    expect((await create({ document: smallDocument })).draft.document).toEqual(smallDocument);
    for (const template of templates) {
      const made = await create({ templateId: template.id });
      expect(made).toMatchObject({ state: "draft", liveVersion: null, triggers: [] });
    }
    await expect(create({ templateId: "none" })).rejects.toMatchObject({ code: "invalid_input", problems: [{ path: "templateId" }] });
    expect(workflows.createWorkflowSchema.safeParse({ name: "x", templateId: "a", document: smallDocument }).success).toBe(false);
  });

  it("saves the draft when nobody saved in between, and refuses a stale revision", async () => {
    const { id } = await create();
    const save = (revision: number, document = smallDocument) =>
      workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision, document } });
    expect(await save(1)).toMatchObject({ revision: 2, problems: [] });
    await expect(save(1, webhookDocument)).rejects.toMatchObject({ code: "stale_revision" });
    expect(await save(2)).toMatchObject({ revision: 2 });
    const read = await workflows.getWorkflow({ ctx: team.as("viewer"), input: { id } });
    expect(read.draft).toMatchObject({ revision: 2, document: smallDocument });
  });

  it("lets one of two people saving at once win", async () => {
    const { id } = await create();
    const renamed = { ...smallDocument, nodes: smallDocument.nodes.map((node) => ({ ...node, name: `${node.name}!` })) };
    const save = (document: typeof smallDocument) => workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision: 1, document } });
    const outcomes = await Promise.allSettled([save(smallDocument), save(renamed)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("saves settings that are out of range, and tells them as problems of the node", async () => {
    const { id } = await create();
    const document = workflows.draftSchema.parse({
      ...smallDocument,
      nodes: smallDocument.nodes.map((node) =>
        node.id === "call" ? { ...node, policy: { timeoutMs: -5, retry: { maxAttempts: 1000 } } } : node,
      ),
    });
    const saved = await workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision: 1, document } });
    expect(saved.problems).toEqual([
      expect.objectContaining({ path: "nodes.1.policy.timeoutMs", severity: "error", nodeId: "call" }),
      expect.objectContaining({ path: "nodes.1.policy.retry.maxAttempts", severity: "error", nodeId: "call" }),
    ]);
    await expect(publish(id)).rejects.toMatchObject({ code: "not_publishable", problems: saved.problems });
  });

  it("tells a connection of another workspace as missing", async () => {
    const foreign = newId();
    await test.db.pool.query("INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, 'theirs', 'bearer')", [
      foreign,
      other.workspaceId,
    ]);
    const { id } = await create();
    const [start, call] = smallDocument.nodes;
    const hook = { ...start, type: "webhook", config: { verification: { scheme: "github", secretConnectionId: foreign } } };
    const document = workflows.draftSchema.parse({ ...smallDocument, nodes: [hook, { ...call, connectionId: foreign }] });
    const { problems } = await workflows.validateWorkflow({ ctx: team.as("viewer"), input: { id, document } });
    const paths = problems.filter((problem) => problem.message.includes("connection does not exist")).map((problem) => problem.path);
    expect(paths).toEqual(["nodes.0.config.verification.secretConnectionId", "nodes.1.connectionId"]);
  });
});

describe("publishing", () => {
  it("freezes the draft as the next version, gives the webhook an address, and finds it by hash alone", async () => {
    const { id } = await create({ document: webhookDocument });
    const published = await publish(id);
    expect(published).toMatchObject({ version: 1, triggers: [{ nodeId: "start", type: "webhook", enabled: true }] });
    const token = /^http:\/\/localhost:3000\/hooks\/([A-Za-z0-9_-]{32})$/.exec(published.triggers[0]?.url ?? "")?.[1] ?? "";
    const { rows } = await test.db.pool.query("SELECT * FROM workflow_trigger WHERE token_hash = $1", [
      createHash("sha256").update(token).digest(),
    ]);
    expect(rows).toMatchObject([{ workflow_id: id, node_id: "start", version: 1, enabled: true }]);
    expect(JSON.parse(rows[0].config)).toMatchObject({ method: "POST", response: { mode: "ack" } });
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows[0].status_secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });

  it("keeps a trigger's address over versions, and switches off what is gone", async () => {
    const { id } = await create({ document: webhookDocument });
    const first = await publish(id);
    await workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision: 1, document: smallDocument } });
    expect(await publish(id)).toMatchObject({ version: 2, triggers: [{ type: "manual", url: null }] });
    await workflows.rollBackWorkflow({ ctx: team.as("operator"), input: { id, version: 1 } });
    const read = await workflows.getWorkflow({ ctx: team.as("operator"), input: { id } });
    expect(read).toMatchObject({ state: "live", liveVersion: 1, liveDocument: webhookDocument });
    expect(read.triggers).toMatchObject([{ type: "webhook", url: first.triggers[0]?.url, enabled: true }]);
    const versions = await workflows.listVersions({ ctx: team.as("viewer"), input: { id } });
    expect(versions.items).toMatchObject([
      { version: 2, live: false },
      { version: 1, live: true, publishedBy: expect.stringContaining("builder-") },
    ]);
    const second = await workflows.getVersion({ ctx: team.as("viewer"), input: { id, version: 2 } });
    expect(second.document).toEqual(smallDocument);
    await expect(workflows.getVersion({ ctx: team.as("viewer"), input: { id, version: 3 } })).rejects.toMatchObject({ code: "not_found" });
  });

  it("stores one document for versions that say the same", async () => {
    const { id } = await create({ document: smallDocument });
    await publish(id);
    await publish(id);
    const { rows } = await test.db.pool.query("SELECT count(*)::int AS n FROM workflow_document WHERE workflow_id = $1", [id]);
    expect(rows).toEqual([{ n: 1 }]);
    expect((await workflows.listVersions({ ctx: team.as("viewer"), input: { id } })).items).toHaveLength(2);
  });

  it("numbers the versions of people who publish at once", async () => {
    const { id } = await create({ document: smallDocument });
    const published = await Promise.all([publish(id), publish(id), publish(id)]);
    expect(published.map((one) => one.version).sort()).toEqual([1, 2, 3]);
  });

  it("is refused for a draft that changed since it was looked at, and for an empty one", async () => {
    const { id } = await create();
    const attempt = workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "", revision: 7 } });
    await expect(attempt).rejects.toMatchObject({ code: "stale_revision" });
    await expect(publish(id)).rejects.toMatchObject({ code: "not_publishable" });
  });

  it("hides the address of a webhook from viewers", async () => {
    const { id } = await create({ document: webhookDocument });
    await publish(id);
    expect((await workflows.getWorkflow({ ctx: team.as("viewer"), input: { id } })).triggers).toMatchObject([
      { type: "webhook", url: null },
    ]);
  });
});

describe("pausing, resuming and archiving", () => {
  const schedule = workflows.draftSchema.parse({
    ...smallDocument,
    nodes: [
      { id: "start", type: "schedule", name: "Nightly", config: { cron: "0 9 * * 1-5", timezone: "Europe/Paris" } },
      ...smallDocument.nodes.slice(1),
    ],
  });

  it("stops a schedule and lets it go on with its next time", async () => {
    const { id } = await create({ document: schedule });
    const [trigger] = (await publish(id)).triggers;
    expect(new Date(trigger?.nextFireAt ?? 0).getTime()).toBeGreaterThan(Date.now());
    const paused = await workflows.pauseWorkflow({ ctx: team.as("operator"), input: { id, reason: "maintenance" } });
    expect(paused).toMatchObject({ state: "paused", pausedReason: "maintenance", triggers: [{ enabled: false, nextFireAt: null }] });
    const resumed = await workflows.resumeWorkflow({ ctx: team.as("operator"), input: { id } });
    expect(resumed).toMatchObject({ state: "live", pausedReason: null, triggers: [{ enabled: true, nextFireAt: trigger?.nextFireAt }] });
  });

  it("scenario 16 (the change): times still to be caught up with when a schedule is changed stay those of the old expression", async () => {
    const { id } = await create({ document: schedule });
    const [trigger] = (await publish(id)).triggers;
    const due = new Date(Date.now() - 3_600_000);
    await test.db.pool.query("UPDATE workflow_trigger SET next_fire_at = $2 WHERE id = $1", [trigger?.id, due]);
    const row = async () =>
      (await test.db.pool.query("SELECT next_fire_at, earlier_schedules FROM workflow_trigger WHERE id = $1", [trigger?.id])).rows[0];
    await publish(id); // nothing of the schedule has changed
    expect(await row()).toEqual({ next_fire_at: due, earlier_schedules: null });
    const nodes = schedule.nodes.map((node) => (node.id === "start" ? { ...node, config: { ...node.config, cron: "0 10 * * *" } } : node));
    const { draft } = await workflows.getWorkflow({ ctx: team.as("viewer"), input: { id } });
    await workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision: draft.revision, document: { ...schedule, nodes } } });
    await publish(id);
    const changed = await row();
    expect(changed.next_fire_at).toEqual(due);
    expect(JSON.parse(changed.earlier_schedules)).toMatchObject([{ cron: "0 9 * * 1-5", timezone: "Europe/Paris" }]);
  });

  it("stays paused when a version is published meanwhile", async () => {
    const { id } = await create({ document: schedule });
    await publish(id);
    await workflows.pauseWorkflow({ ctx: team.as("operator"), input: { id } });
    expect((await publish(id)).triggers).toMatchObject([{ enabled: false }]);
  });

  it("cannot pause what is not live, nor change what is archived", async () => {
    const { id } = await create();
    await expect(workflows.pauseWorkflow({ ctx: team.as("owner"), input: { id } })).rejects.toMatchObject({ code: "conflict" });
    const archived = await workflows.archiveWorkflow({ ctx: team.as("owner"), input: { id } });
    expect(archived.state).toBe("archived");
    for (const attempt of [
      () => workflows.saveDraft({ ctx: team.as("owner"), input: { id, revision: 1, document: smallDocument } }),
      () => publish(id),
      () => workflows.resumeWorkflow({ ctx: team.as("owner"), input: { id } }),
      () => workflows.rollBackWorkflow({ ctx: team.as("owner"), input: { id, version: 1 } }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "conflict" });
    }
  });
});

describe("the list of workflows", () => {
  it("shows state, trigger in words, changes not yet published, and pages", async () => {
    const mine = await createTestTeam(test.db);
    const ctx = mine.as("owner");
    const make = (name: string, document: object) =>
      workflows.createWorkflow({ ctx, input: workflows.createWorkflowSchema.parse({ name, document }) });
    const a = await make("100% sure", smallDocument);
    const b = await make("Hook_flow", webhookDocument);
    await workflows.publishWorkflow({ ctx, input: { id: b.id, note: "" } });
    const list = (query: object) => workflows.listWorkflows({ ctx: mine.as("viewer"), input: workflows.listWorkflowsSchema.parse(query) });
    expect((await list({})).items).toMatchObject([
      {
        name: "Hook_flow",
        state: "live",
        trigger: "Webhook",
        hasUnpublishedChanges: false,
        liveVersion: 1,
        lastRun: null,
        openDeadLetters: 0,
      },
      { name: "100% sure", state: "draft", trigger: expect.stringMatching(/manual/i), runs24h: { total: 0, failed: 0 } },
    ]);
    await workflows.saveDraft({ ctx, input: { id: b.id, revision: 1, document: smallDocument } });
    expect((await list({ q: "hook_" })).items).toMatchObject([{ id: b.id, hasUnpublishedChanges: true }]);
    expect((await list({ q: "100%" })).items.map((item) => item.id)).toEqual([a.id]);
    expect((await list({ q: "%" })).items.map((item) => item.id)).toEqual([a.id]);
    expect((await list({ state: "draft" })).items.map((item) => item.id)).toEqual([a.id]);
    const first = await list({ limit: "1" });
    expect((await list({ limit: "1", cursor: first.nextCursor })).items.map((item) => item.id)).toEqual([a.id]);
    await workflows.archiveWorkflow({ ctx, input: { id: a.id } });
    expect((await list({})).items.map((item) => item.id)).toEqual([b.id]);
    expect((await list({ state: "archived" })).items.map((item) => item.id)).toEqual([a.id]);
  });
});

describe("who may do what with workflows", () => {
  const id = newId();
  type Verb = [string, (who: TestTeam, as: "viewer" | "owner", target: string) => Promise<unknown>];
  const verbs: Verb[] = [
    [
      "save the draft",
      (t, as, target) => workflows.saveDraft({ ctx: t.as(as), input: { id: target, revision: 1, document: smallDocument } }),
    ],
    ["rename", (t, as, target) => workflows.renameWorkflow({ ctx: t.as(as), input: { id: target, name: "x" } })],
    ["publish", (t, as, target) => workflows.publishWorkflow({ ctx: t.as(as), input: { id: target, note: "" } })],
    ["roll back", (t, as, target) => workflows.rollBackWorkflow({ ctx: t.as(as), input: { id: target, version: 1 } })],
    ["pause", (t, as, target) => workflows.pauseWorkflow({ ctx: t.as(as), input: { id: target } })],
    ["resume", (t, as, target) => workflows.resumeWorkflow({ ctx: t.as(as), input: { id: target } })],
    ["archive", (t, as, target) => workflows.archiveWorkflow({ ctx: t.as(as), input: { id: target } })],
  ];

  it.each(verbs)("a viewer cannot %s", async (_name, verb) => {
    await expect(verb(team, "viewer", id)).rejects.toMatchObject({ code: "forbidden" });
  });

  const reads: Verb[] = [
    ["read", (t, as, target) => workflows.getWorkflow({ ctx: t.as(as), input: { id: target } })],
    ["list versions of", (t, as, target) => workflows.listVersions({ ctx: t.as(as), input: { id: target } })],
  ];

  it.each([...verbs, ...reads])("nobody can %s a workflow of another workspace", async (_name, verb) => {
    const { id: foreign } = await create({ document: smallDocument });
    await expect(verb(other, "owner", foreign)).rejects.toMatchObject({ code: "not_found" });
    expect((await workflows.listWorkflows({ ctx: other.as("owner"), input: workflows.listWorkflowsSchema.parse({}) })).items).toEqual([]);
  });

  it("every change leaves a line in the audit log", async () => {
    const mine = await createTestTeam(test.db);
    const ctx = mine.as("owner");
    const made = await workflows.createWorkflow({
      ctx,
      input: workflows.createWorkflowSchema.parse({ name: "x", document: smallDocument }),
    });
    await workflows.renameWorkflow({ ctx, input: { id: made.id, name: "y" } });
    await workflows.publishWorkflow({ ctx, input: { id: made.id, note: "first" } });
    await workflows.pauseWorkflow({ ctx, input: { id: made.id } });
    await workflows.resumeWorkflow({ ctx, input: { id: made.id } });
    await workflows.archiveWorkflow({ ctx, input: { id: made.id } });
    const expected = ["created", "renamed", "published", "paused", "resumed", "archived"].map((verb) => `workflow.${verb}`);
    expect(await auditActions(test.db, mine.workspaceId)).toEqual(expected);
  });
});

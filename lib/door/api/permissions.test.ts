import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { allPermissions, type Permission, type Role, roles } from "#lib/services/permissions.ts";
import { insertApproval, insertFailedRun, smallDocument } from "#lib/services/testing-rows.ts";
import { hashToken, makeToken } from "#lib/services/tokens/format.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestDoor, createTestMember, type TestDoor } from "../testing.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { type Fixture, matrix } from "./testing-matrix.ts";

interface Team {
  workspaceId: string;
  cookies: Record<Role, string>;
}

let test: TestDb;
let door: TestDoor;
let ours: Team;
let theirs: Team;

beforeAll(async () => {
  test = await createTestDb();
  door = await createTestDoor(test);
  ours = await makeTeam();
  theirs = await makeTeam();
});
afterAll(async () => {
  await door.close();
  await test.drop();
});

async function makeTeam(): Promise<Team> {
  const { workspaceId } = await createTestWorkspace(test.db);
  const cookies: [Role, string][] = [];
  for (const role of roles) {
    const { email } = await createTestMember(test, workspaceId, role);
    cookies.push([role, await door.signIn(email)]);
  }
  const { owner = "", builder = "", operator = "", viewer = "" } = Object.fromEntries(cookies);
  return { workspaceId, cookies: { owner, builder, operator, viewer } };
}

async function insertToken(scopes: readonly Permission[]): Promise<{ id: string; token: string }> {
  const id = newId();
  const { token, hint } = makeToken();
  const values = [id, ours.workspaceId, id, Buffer.from(hashToken(token)), hint, scopes];
  await test.db.pool.query(
    "INSERT INTO api_token (id, workspace_id, name, token_hash, hint, scopes) VALUES ($1, $2, $3, $4, $5, $6)",
    values,
  );
  return { id, token };
}

const names = (prefix: string) => `${prefix}-${newId().slice(-12)}`;

/** Things of ours for one row, made through the API where it can make them. */
async function makeFixture(): Promise<Fixture> {
  const headers = { cookie: ours.cookies.owner };
  const post = async (path: string, body: unknown) => {
    const answer = await door.send(`/api/v1${path}`, { method: "POST", headers, body });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string };
  };
  const workflow = await post("/workflows", { name: "Ours", document: smallDocument });
  await post(`/workflows/${workflow.id}/publish`, {});
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [workflow.id]);
  const where = { workspaceId: ours.workspaceId, workflowId: workflow.id, documentId: rows[0]?.id ?? "" };
  const failed = await insertFailedRun(test.db, { ...where, fingerprint: newId() });
  const unknown = await insertFailedRun(test.db, { ...where, fingerprint: newId(), kind: "unknown_outcome" });
  const discarded = await insertFailedRun(test.db, { ...where, fingerprint: newId() });
  await test.db.pool.query("UPDATE dead_letter SET status = 'discarded' WHERE id = $1", [discarded.deadLetterId]);
  const channel = await post("/channels", { kind: "webhook", name: names("channel"), url: "https://127.0.0.1/hook" });
  const rule = await post("/alert-rules", { name: names("rule"), channelIds: [channel.id] });
  const redrive = await makeRedrive(where);
  const connection = await post("/connections", { name: names("api"), kind: "bearer", secrets: { token: "a secret value" } });
  const member = await createTestMember(test, ours.workspaceId, "viewer");
  const sandboxName = names("target");
  await door.send(`/api/v1/sandbox-targets/${sandboxName}`, { method: "PUT", headers, body: { kind: "recorder" } });
  return {
    ...failed,
    unknownDeadLetterId: unknown.deadLetterId,
    discardedDeadLetterId: discarded.deadLetterId,
    otherIssueId: unknown.issueId,
    redriveId: redrive,
    savedViewId: (await post("/saved-views", { screen: "runs", name: "Ours", search: "", shared: true })).id,
    runBatchId: await makeRunBatch(where.workspaceId, failed.runId),
    alertRuleId: rule.id,
    alertChannelId: channel.id,
    approvalId: await insertApproval(test.db, where),
    workflowId: workflow.id,
    connectionId: connection.id,
    tokenId: (await insertToken([])).id,
    memberId: member.userId,
    sandboxName,
    document: smallDocument,
  };
}

/** Of an item of its own; written directly, for only ten may be under way at once. */
async function makeRedrive(where: { workspaceId: string; workflowId: string; documentId: string }): Promise<string> {
  const { deadLetterId } = await insertFailedRun(test.db, { ...where, fingerprint: newId() });
  const id = newId();
  await test.db.pool.query(
    "INSERT INTO redrive (id, workspace_id, filter, rate_per_second, total, actor_type, actor_id) VALUES ($1, $2, '{}', 1, 1, 'system', 'test')",
    [id, where.workspaceId],
  );
  await test.db.pool.query("INSERT INTO redrive_item (redrive_id, position, dead_letter_id) VALUES ($1, 1, $2)", [id, deadLetterId]);
  return id;
}

async function makeRunBatch(workspaceId: string, runId: string): Promise<string> {
  const id = newId();
  await test.db.pool.query(
    `INSERT INTO run_batch (id, workspace_id, action, selection, rate_per_second, total, actor_type, actor_id)
     VALUES ($1, $2, 'replay', '{}', 1, 1, 'system', 'test')`,
    [id, workspaceId],
  );
  await test.db.pool.query("INSERT INTO run_batch_item (batch_id, position, run_id) VALUES ($1, 1, $2)", [id, runId]);
  return id;
}

/** Something of the owner's to undo. */
async function triage(fixture: Fixture): Promise<void> {
  const headers = { cookie: ours.cookies.owner };
  await door.send(`/api/v1/issues/${fixture.issueId}`, { method: "PATCH", headers, body: { note: "to be undone" } });
}

/** The act is refused in the state a new bulk act has, so it is brought into the one it needs. Those of earlier rows do not count as live. */
async function settleBulk(route: Route, { redriveId, runBatchId }: Fixture): Promise<void> {
  const status = route.path.endsWith("/resume") ? "paused" : "running";
  for (const [table, id] of [
    ["redrive", redriveId],
    ["run_batch", runBatchId],
  ] as const) {
    await test.db.pool.query(`UPDATE ${table} SET status = 'completed', finished_at = now() WHERE id <> $1`, [id]);
    await test.db.pool.query(`UPDATE ${table} SET status = $2 WHERE id = $1`, [id, status]);
  }
}

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;

function rowOf(route: Route) {
  const row = matrix[nameOf(route)];
  if (row === undefined) throw new Error(`${nameOf(route)} has no row in testing-matrix.ts: say there who may call it`);
  return row;
}

async function call(route: Route, fixture: Fixture, headers: Record<string, string>): Promise<Response> {
  const row = rowOf(route);
  const body = row.body?.(fixture);
  const options = { method: route.method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) };
  return door.send(`/api/v1${row.path(fixture)}`, options);
}

const isRefusal = (status: number) => status === 401 || status === 403;

/** Open to everybody, or guarded by hand in a test of their own. */
const withoutPermission = [
  "POST /api/auth/sign-in/email",
  "POST /api/auth/sign-out",
  "POST /api/auth/change-password",
  "GET /api/v1/setup",
  "POST /api/v1/setup",
  "GET /api/v1/openapi.json",
  "GET /api/v1/stream",
];

describe("the permission matrix", () => {
  it("has a row for every route, and no other", () => {
    expect(routes.map(nameOf).toSorted()).toEqual(Object.keys(matrix).toSorted());
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length);
    // What the door really answers, and not only the table it was made of.
    const mounted = door.app.routes.filter((mount) => mount.path.startsWith("/api/") && mount.method !== "ALL");
    const patterns = routes.map((route) => `${route.method.toUpperCase()} /api/v1${route.path.replaceAll(/\{(\w+)\}/g, ":$1")}`);
    expect(new Set(mounted.map((mount) => `${mount.method} ${mount.path}`))).toEqual(new Set([...patterns, ...withoutPermission]));
  });

  describe.each(routes.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
    it("is closed to nobody, other workspaces and tokens without the scope, and open to whom the matrix names", async () => {
      const row = rowOf(route);
      const fixture = await makeFixture();
      expect((await call(route, fixture, {})).status).toBe(401);

      const foreign = await call(route, fixture, { cookie: theirs.cookies.owner });
      if (row.foreign === "404") expect(foreign.status).toBe(404);
      else expect(isRefusal(foreign.status)).toBe(false);
      if (row.foreign === "list") {
        const text = await foreign.text();
        const ids = Object.values(fixture).filter((value) => typeof value === "string");
        expect(ids.filter((id) => text.includes(id))).toEqual([]);
      }

      const { access } = route;
      if (access !== "session") {
        const others = await insertToken(allPermissions.filter((permission) => permission !== access));
        expect((await call(route, fixture, { authorization: `Bearer ${others.token}` })).status).toBe(403);
      }
      for (const role of roles) {
        if (!row.roles.includes(role)) expect((await call(route, fixture, { cookie: ours.cookies[role] })).status).toBe(403);
      }

      await settleBulk(route, fixture);
      if (route.path === "/issues/{id}/undo") await triage(fixture);
      const prepared = await preparedFor(route, fixture);
      const answer = await call(route, prepared, { cookie: ours.cookies.owner });
      expect(answer.status, await answer.clone().text()).toBe(route.status);
      if (route.answer !== null) route.answer.parse(await answer.json());
      expect(answer.headers.get("cache-control")).toBe("no-store");

      for (const role of row.roles) {
        const { status } = await call(route, fixture, { cookie: ours.cookies[role] });
        expect(isRefusal(status) || status >= 500).toBe(false);
      }
      if (access !== "session") {
        const token = await insertToken([access]);
        const { status } = await call(route, fixture, { authorization: `Bearer ${token.token}` });
        // A token that may make tokens or members may still not hand out what it does not hold.
        const grants =
          nameOf(route) === "POST /tokens" || nameOf(route).endsWith("POST /members") || nameOf(route) === "PATCH /members/{userId}";
        // The view of the fixture is the team's, for which reading the list is not enough.
        const ofTeam = route.path === "/saved-views/{id}";
        expect(status >= 500 || (!grants && !ofTeam && isRefusal(status))).toBe(false);
      }
    });

    it("answers the same for an id of another workspace as for one that never was", async () => {
      if (rowOf(route).foreign !== "404") return;
      const fixture = await makeFixture();
      const missing = { ...fixture, workflowId: newId(), runId: newId(), stepId: newId(), issueId: newId(), deadLetterId: newId() };
      const gone = {
        ...missing,
        eventId: newId(),
        unknownDeadLetterId: newId(),
        discardedDeadLetterId: newId(),
        redriveId: newId(),
        otherIssueId: newId(),
        approvalId: newId(),
        connectionId: newId(),
        tokenId: newId(),
        memberId: newId(),
        sandboxName: "never-was",
      };
      const problem = async (of: Fixture) => {
        const answer = await call(route, of, { cookie: theirs.cookies.owner });
        const { requestId: _, ...body } = (await answer.json()) as { requestId: string };
        return JSON.stringify(body).replaceAll(of.sandboxName, "NAME");
      };
      expect(await problem(fixture)).toBe(await problem(gone));
    });
  });
});

async function preparedFor(route: Route, fixture: Fixture): Promise<Fixture> {
  if (route.path === "/runs/{id}/cancel") return withUnfinishedRun(fixture);
  if (route.path === "/runs/{id}/steps/{stepId}/loop") return withLoopUnderWay(await withUnfinishedRun(fixture));
  if (route.path.startsWith("/workflows/{id}/nodes/{nodeId}/poll-")) return withPollTrigger(fixture);
  if (route.path === "/issues/{id}/split") return withAnotherItem(fixture);
  return fixture;
}

/** An issue of one item cannot be split. */
async function withAnotherItem(fixture: Fixture): Promise<Fixture> {
  await test.db.pool.query(
    `INSERT INTO dead_letter (id, workspace_id, issue_id, workflow_id, run_id, step_id, node_id, kind, class, error, event_at, dead_at)
     SELECT $1, workspace_id, issue_id, workflow_id, run_id, $1, node_id, kind, class, '{"message":"another one"}', event_at, dead_at
     FROM dead_letter WHERE id = $2`,
    [newId(), fixture.deadLetterId],
  );
  return fixture;
}

async function withPollTrigger(fixture: Fixture): Promise<Fixture> {
  const call = { id: "call", type: "poll", name: "List", config: { request: { url: "https://api.test/list" }, itemKey: "{{ item.id }}" } };
  const headers = { cookie: ours.cookies.owner };
  const document = { schemaVersion: 1, nodes: [call], edges: [] };
  const made = await door.send("/api/v1/workflows", { method: "POST", headers, body: { name: "Polls", document } });
  const { id } = (await made.json()) as { id: string };
  await door.send(`/api/v1/workflows/${id}/publish`, { method: "POST", headers, body: {} });
  return { ...fixture, workflowId: id };
}

async function withLoopUnderWay(fixture: Fixture): Promise<Fixture> {
  const stepId = newId();
  const loop = { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body }}" } };
  const document = JSON.stringify({ schemaVersion: 1, nodes: [loop], edges: [] });
  await test.db.pool.query(
    `WITH document_put AS (
       INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document)
       SELECT $2, workspace_id, workflow_id, $2::uuid::text, $3 FROM run WHERE id = $1
     ),
     run_put AS (UPDATE run SET status = 'waiting', document_id = $2 WHERE id = $1 RETURNING id, workspace_id)
     INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, created_at)
     SELECT id, 'loop', $2::uuid, workspace_id, 'waiting', 'child', now() FROM run_put`,
    [fixture.runId, stepId, document],
  );
  return { ...fixture, stepId };
}

async function withUnfinishedRun(fixture: Fixture): Promise<Fixture> {
  const body = { input: {} };
  const options = { method: "POST", headers: { cookie: ours.cookies.owner }, body };
  const answer = await door.send(`/api/v1/workflows/${fixture.workflowId}/runs`, options);
  const { runId } = (await answer.json()) as { runId: string };
  return { ...fixture, runId };
}

import { randomBytes } from "node:crypto";
import type { Db } from "#lib/db/db.ts";
import { createTestWorkspace } from "#lib/db/testing.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { createTestOutbound } from "#lib/outbound/testing.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Capabilities, Context } from "./context.ts";
import type { Actor, Permission, Role } from "./permissions.ts";

/** A person of a test, with their rows. */
export async function createTestUser(db: Db, workspaceId: string, role: Role): Promise<Extract<Actor, { type: "user" }>> {
  const userId = newId();
  const email = `${role}-${userId}@example.com`;
  await db.pool.query("INSERT INTO auth_user (id, name, email) VALUES ($1, $2, $3)", [userId, `Test ${role}`, email]);
  await db.pool.query("INSERT INTO member (workspace_id, user_id, role) VALUES ($1, $2, $3)", [workspaceId, userId, role]);
  return { type: "user", userId, email, role };
}

export type TestContext = Context & Capabilities;

export interface TestTeam {
  workspaceId: string;
  /** The context of a member with this role. */
  as(role: Role): TestContext;
  /** The context of a token with exactly these scopes. */
  withScopes(scopes: readonly Permission[]): TestContext;
}

/** What verbs need besides the database, the real things: an Outbound that reaches exactly the given fake remotes. */
export function createTestCapabilities(db: Db, remotes: { port: number }[] = []): Capabilities {
  return {
    baseUrl: "http://localhost:3000",
    retentionDays: 30,
    intake: new Intake({ pool: db.pool }),
    secrets: new Secrets({ pool: db.pool, key: randomBytes(32) }),
    links: new CallbackLinks({ secretKey: randomBytes(32), baseUrl: "http://localhost:3000" }),
    outbound: createTestOutbound(remotes),
    mail: null,
  };
}

/** A workspace of its own with one member a role, for a test of services. */
export async function createTestTeam(db: Db, capabilities = createTestCapabilities(db)): Promise<TestTeam> {
  const { workspaceId } = await createTestWorkspace(db);
  const base = { workspaceId, db, now: Date.now, requestId: "test", ...capabilities };
  const users = {
    owner: await createTestUser(db, workspaceId, "owner"),
    builder: await createTestUser(db, workspaceId, "builder"),
    operator: await createTestUser(db, workspaceId, "operator"),
    viewer: await createTestUser(db, workspaceId, "viewer"),
  };
  return {
    workspaceId,
    as: (role) => ({ ...base, actor: users[role] }),
    withScopes: (scopes) => ({ ...base, actor: { type: "token", tokenId: newId(), scopes } }),
  };
}

/** The actions in a workspace's audit log, oldest first. */
export async function auditActions(db: Db, workspaceId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ action: string }>("SELECT action FROM audit_log WHERE workspace_id = $1 ORDER BY at, id", [
    workspaceId,
  ]);
  return rows.map((row) => row.action);
}

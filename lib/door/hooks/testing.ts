import { hash, randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { TestDb } from "#lib/db/testing.ts";
import { createTestWorkspace } from "#lib/db/testing.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { emptyDocument } from "#lib/graph/document.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { newId } from "#lib/shared/ids.ts";
import { type HooksDependencies, hooksRoutes } from "./routes.ts";

export interface TestHooks {
  origin: string;
  secrets: Secrets;
  close(): Promise<void>;
}

/** The hooks on a real HTTP server, with the real intake and listener on the test's database. */
export async function startHooks(test: TestDb, parts: Partial<HooksDependencies> = {}): Promise<TestHooks> {
  const { pool } = test.db;
  const secrets = new Secrets({ pool, key: randomBytes(32) });
  const listener = new RunListener({ pool, url: test.url });
  await listener.start();
  const settings = { baseUrl: "https://sluice.example", maxBodyBytes: 10_000 };
  const routes = hooksRoutes({ pool, intake: new Intake({ pool }), listener, secrets, settings, ...parts });
  const app = new Hono().route("/hooks", routes);
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started as Server)); // safe because no other kind of server was asked for
  });
  const { port } = server.address() as AddressInfo; // safe because it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    secrets,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await listener.stop();
    },
  };
}

export interface TestHook {
  workspaceId: string;
  workflowId: string;
  triggerId: string;
  token: string;
  statusSecret: string;
}

/** A published workflow that starts with a webhook. */
export async function createHook(test: TestDb, config: object = {}, settings: object = {}): Promise<TestHook> {
  const { pool } = test.db;
  const { workspaceId } = await createTestWorkspace(test.db);
  const [workflowId, documentId, triggerId] = [newId(), newId(), newId()];
  const token = randomBytes(24).toString("base64url");
  const statusSecret = randomBytes(24).toString("base64url");
  const document = JSON.stringify({ ...emptyDocument, settings: { ...emptyDocument.settings, runDeadlineMs: 60_000, ...settings } });
  await pool.query("INSERT INTO workflow (id, workspace_id, name, draft, live_version) VALUES ($1, $2, 'hooked', $3, 1)", [
    workflowId,
    workspaceId,
    document,
  ]);
  await pool.query("INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) VALUES ($1, $2, $3, 'h', $4)", [
    documentId,
    workspaceId,
    workflowId,
    document,
  ]);
  await pool.query("INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id) VALUES ($1, 1, $2, $3)", [
    workflowId,
    workspaceId,
    documentId,
  ]);
  await pool.query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id, token_hash, token, status_secret)
     VALUES ($1, $2, $3, 'n1', 'webhook', $4, 1, $5, $6, $7, $8)`,
    [triggerId, workspaceId, workflowId, JSON.stringify(config), documentId, hash("sha256", token, "buffer"), token, statusSecret],
  );
  return { workspaceId, workflowId, triggerId, token, statusSecret };
}

/** A connection that holds secrets for verifying. */
export async function createSecretConnection(test: TestDb, secrets: Secrets, workspaceId: string, values: string[]): Promise<string> {
  const connectionId = newId();
  await test.db.pool.query("INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, $3, 'webhook')", [
    connectionId,
    workspaceId,
    connectionId,
  ]);
  for (const [index, value] of values.entries()) {
    const version = index + 1;
    const sealed = await secrets.seal({ workspaceId, connectionId, field: "secret", version, value });
    await test.db.pool.query(
      "INSERT INTO secret (connection_id, field, version, workspace_id, sealed, hint) VALUES ($1, 'secret', $2, $3, $4, '')",
      [connectionId, version, workspaceId, sealed],
    );
  }
  return connectionId;
}

export interface StoredEvent {
  outcome: string;
  reason: string | null;
  dedupe_key: string | null;
  run_id: string | null;
  data: string | null;
}

/** Events of a trigger, oldest first. */
export async function eventsOf(test: TestDb, hook: TestHook): Promise<StoredEvent[]> {
  const { rows } = await test.db.pool.query<StoredEvent>(
    "SELECT outcome, reason, dedupe_key, run_id, data FROM event WHERE trigger_id = $1 ORDER BY id",
    [hook.triggerId],
  );
  return rows;
}

/** Refused deliveries are recorded without anybody waiting for it. */
export async function rejectionsOf(test: TestDb, hook: TestHook, count: number): Promise<StoredEvent[]> {
  for (;;) {
    const rejected = (await eventsOf(test, hook)).filter((event) => event.outcome === "rejected");
    if (rejected.length >= count) return rejected;
    await new Promise(setImmediate);
  }
}

export interface TestDelivery {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  query?: string;
}

/** Sends a delivery as another system would: JSON unless its headers say otherwise. */
export function deliverTo(hooks: Pick<TestHooks, "origin">, hook: { token: string }, delivery: TestDelivery = {}): Promise<Response> {
  const { method = "POST", headers = {}, body, query = "" } = delivery;
  const url = `${hooks.origin}/hooks/${hook.token}${query}`;
  if (body === undefined) return fetch(url, { method, headers });
  return fetch(url, { method, headers: { "content-type": "application/json", ...headers }, body: new Uint8Array(Buffer.from(body)) });
}

/** What the run of a hook's first delivery sees as `trigger`. */
export async function triggerOf(test: TestDb, hook: TestHook): Promise<Record<string, unknown>> {
  const [event] = await eventsOf(test, hook);
  return JSON.parse(event?.data ?? "null");
}

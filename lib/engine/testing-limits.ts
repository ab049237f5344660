import { randomBytes } from "node:crypto";
import { Connections } from "#lib/runtime/connections.ts";
import type { WorldPorts } from "#lib/runtime/worker.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { Tokens } from "#lib/secrets/tokens.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { createTestEngine, type TestEngine } from "./testing.ts";

export interface LimitedEngine extends TestEngine {
  /** A connection of the workspace, as a service would have made it. */
  connect(limits: object, baseUrl?: string): Promise<string>;
  /** start → call, through a connection. */
  callThrough(connectionId: string | null, node?: { policy?: JsonObject; config?: JsonObject }): object;
}

/** An engine whose connections are real, for tests of limits. */
export async function createLimitedEngine(overrides: Partial<WorldPorts> = {}): Promise<LimitedEngine> {
  const later: { connections?: Connections } = {};
  const engine = await createTestEngine({
    connection: (workspaceId, id) => later.connections?.open(workspaceId, id) ?? Promise.reject(new Error("not ready")),
    ...overrides,
  });
  const { pool } = engine.db;
  const secrets = new Secrets({ pool, key: randomBytes(32) });
  const tokens = new Tokens({ pool, secrets, send: () => Promise.reject(new Error("no token endpoint in this test")) });
  later.connections = new Connections({ pool, secrets, tokens });
  return Object.assign(engine, {
    async connect(limits: object, baseUrl = "https://api.test") {
      const id = newId();
      await pool.query("INSERT INTO connection (id, workspace_id, name, kind, base_url, limits) VALUES ($1, $2, $3, 'none', $4, $5)", [
        id,
        engine.workspaceId,
        id,
        baseUrl,
        JSON.stringify(limits),
      ]);
      return id;
    },
    callThrough(connectionId: string | null, { policy = {}, config = {} }: { policy?: JsonObject; config?: JsonObject } = {}) {
      const call = { id: "call", type: "http-request", name: "Call", connectionId, policy };
      return {
        schemaVersion: 1,
        nodes: [
          { id: "start", type: "manual", name: "Start" },
          { ...call, config: { method: "GET", url: "https://api.test/{{ trigger.body.id }}", ...config } },
        ],
        edges: [{ id: "e0", source: "start", target: "call" }],
      };
    },
  });
}

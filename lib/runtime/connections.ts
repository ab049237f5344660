import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { OpenConnection } from "#lib/engine/ports.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import { credentialHeaders } from "#lib/shared/credentials.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { JsonObject } from "#lib/shared/json.ts";

const openConnection = statement(new URL("./sql/open-connection.sql", import.meta.url));

/** How long a changed limit or base URL may go unnoticed. */
const freshMs = 1_000;
const kept = 1_000;

interface ConnectionRow {
  id: string;
  kind: string;
  base_url: string | null;
  fields: string;
  limits: string;
  status: string;
  learned: OpenConnection["learned"] | null;
}

/** Connections as steps use them: read at most once a second, credentials opened only for the host they go to. */
export class Connections {
  readonly #pool: pg.Pool;
  readonly #secrets: Secrets;
  readonly #cache = new Map<string, { atMs: number; opened: Promise<OpenConnection> }>();

  constructor(options: { pool: pg.Pool; secrets: Secrets }) {
    this.#pool = options.pool;
    this.#secrets = options.secrets;
  }

  /** Throws NodeError when there is no such connection in the workspace, or an operator has isolated it. */
  open(workspaceId: string, connectionId: string): Promise<OpenConnection> {
    const name = `${workspaceId} ${connectionId}`;
    const known = this.#cache.get(name);
    if (known && performance.now() - known.atMs < freshMs) return known.opened;
    if (this.#cache.size >= kept) this.#cache.clear();
    const opened = this.#load(workspaceId, connectionId);
    this.#cache.set(name, { atMs: performance.now(), opened });
    opened.catch(() => this.#cache.delete(name));
    return opened;
  }

  async #load(workspaceId: string, connectionId: string): Promise<OpenConnection> {
    const { rows } = await this.#pool.query<ConnectionRow>({ ...openConnection, values: [connectionId, workspaceId] });
    const row = rows[0];
    if (!row) throw new NodeError("permanent", "connection_missing", "the node's connection does not exist any more");
    if (row.status === "isolated") throw new NodeError("permanent", "connection_isolated", "an operator has isolated the connection");
    const fields = JSON.parse(row.fields) as JsonObject; // safe because the services wrote it
    return {
      id: row.id,
      baseUrl: row.base_url,
      fields: { ...fields, baseUrl: row.base_url },
      learned: row.learned ?? [],
      limits: readLimits(JSON.parse(row.limits) as Partial<OpenConnection["limits"]>), // safe because the services wrote it
      credential: (url) => this.#credential(workspaceId, row, fields, url),
    };
  }

  async #credential(workspaceId: string, row: ConnectionRow, fields: JsonObject, url: string) {
    const { host } = new URL(url);
    try {
      const actor = { type: "system" as const, job: "run" };
      const secrets = await this.#secrets.decrypt({ actor, workspaceId, connectionId: row.id, host });
      return { headers: credentialHeaders(row.kind, fields, secrets), secretValues: Object.values(secrets) };
    } catch (error) {
      // Refused before anything left: the key is missing or must not go to that host.
      if (error instanceof AppError) throw new NodeError("auth", error.code, error.message, { cause: error });
      throw error;
    }
  }
}

function readLimits(limits: Partial<OpenConnection["limits"]>): OpenConnection["limits"] {
  return { ...limits, windows: limits.windows ?? [], concurrency: limits.concurrency ?? null };
}

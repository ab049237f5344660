import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { tokenGoneCode } from "#lib/engine/connection-step.ts";
import type { CredentialCare, OpenConnection } from "#lib/engine/ports.ts";
import { describeHold, type Hold } from "#lib/engine/systems/connection-holds.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import type { Tokens } from "#lib/secrets/tokens.ts";
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
  isolated_reason: string | null;
  auth_failed: boolean;
  health_path: string | null;
}

const actor = { type: "system" as const, job: "run" };

/** Connections as steps use them: read at most once a second, credentials opened only for the host they go to. */
export class Connections {
  readonly #pool: pg.Pool;
  readonly #secrets: Secrets;
  readonly #tokens: Tokens;
  /** When a call with a version of a connection's credential was last accepted. */
  readonly #accepted = new Map<string, { version: string; atMs: number }>();
  readonly #cache = new Map<string, { atMs: number; opened: Promise<OpenConnection> }>();

  constructor(options: { pool: pg.Pool; secrets: Secrets; tokens: Tokens }) {
    this.#pool = options.pool;
    this.#secrets = options.secrets;
    this.#tokens = options.tokens;
  }

  /** Throws NodeError when there is no such connection in the workspace. One that is held opens, and says so. */
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
    const fields = JSON.parse(row.fields) as JsonObject; // safe because the services wrote it
    return {
      id: row.id,
      baseUrl: row.base_url,
      fields: { ...fields, baseUrl: row.base_url },
      learned: row.learned ?? [],
      limits: readLimits(JSON.parse(row.limits) as Partial<OpenConnection["limits"]>), // safe because the services wrote it
      healthUrl: row.base_url === null || row.health_path === null ? null : new URL(row.health_path, row.base_url).href,
      held: heldBy(row),
      credential: (url) => this.#credential(workspaceId, row, fields, url),
      care: row.kind === "none" ? null : this.#care(workspaceId, row, fields),
    };
  }

  #care(workspaceId: string, row: ConnectionRow, fields: JsonObject): CredentialCare {
    const owner = { workspaceId, connectionId: row.id, tokenUrl: String(fields.tokenUrl ?? "") };
    return {
      renewable: row.kind === "oauth2",
      stored: () => this.#secrets.storedVersion(owner),
      ready: row.kind === "oauth2" ? () => orRefused(this.#tokens.ready(owner, actor)) : null,
      renew: (used) => orRefused(this.#tokens.renew(owner, actor, used)),
      accepted: (version, atMs) => {
        if (this.#accepted.size >= kept) this.#accepted.clear();
        this.#accepted.set(row.id, { version, atMs });
      },
      acceptedAtMs: (version) => {
        const last = this.#accepted.get(row.id);
        return last?.version === version ? last.atMs : null;
      },
    };
  }

  async #credential(workspaceId: string, row: ConnectionRow, fields: JsonObject, url: string) {
    const { host } = new URL(url);
    try {
      const opened = await this.#secrets.credential({ actor, workspaceId, connectionId: row.id, host });
      if (row.kind === "oauth2" && opened.values.accessToken === undefined)
        throw new NodeError("auth", tokenGoneCode, "the connection's token was taken back just now");
      const headers = credentialHeaders(row.kind, fields, opened.values);
      return { headers, secretValues: Object.values(opened.values), version: opened.version };
    } catch (error) {
      // Refused before anything left: the key is missing or must not go to that host.
      if (error instanceof AppError) throw new NodeError("auth", error.code, error.message, { cause: error });
      throw error;
    }
  }
}

function heldBy(row: ConnectionRow): Hold | null {
  if (row.status === "isolated") return describeHold("isolated", row.isolated_reason);
  return row.auth_failed ? describeHold("auth", null) : null;
}

/** A credential that cannot be used at all is a failure of the step, not of the database. */
async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) throw new NodeError("auth", error.code, error.message, { cause: error });
    throw error;
  }
}

function readLimits(limits: Partial<OpenConnection["limits"]>): OpenConnection["limits"] {
  return { ...limits, windows: limits.windows ?? [], concurrency: limits.concurrency ?? null };
}

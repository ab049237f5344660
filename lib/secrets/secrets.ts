import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { AppError, toError } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { mayReceiveCredential } from "./allowed-hosts.ts";
import { DataKeys } from "./data-keys.ts";
import { keyVersionOf, open, seal, UnsealError } from "./envelope.ts";

/** On whose behalf a secret is read; a services' Actor is one. */
export type SecretReader = { type: "user"; userId: string } | { type: "token"; tokenId: string } | { type: "system"; job: string };

/** What a stored secret belongs to. All of it is authenticated, so a value opens nowhere else. */
export interface SecretOwner {
  workspaceId: string;
  connectionId: string;
  field: string;
  version: number;
}

export interface VerificationSecrets {
  plain: JsonObject;
  secrets: { field: string; value: string }[];
}

/** A connection's credential, opened. */
export interface OpenCredential {
  values: Record<string, string>;
  /** Another one whenever a value is replaced. */
  version: string;
  /** For how long the value that ends first still holds; null when none ends by itself. */
  endsInMs: number | null;
  /** The fields that are no secrets. */
  plain: JsonObject;
}

interface SealedField {
  field: string;
  version: number;
  sealed: Buffer;
  /** By this process's monotonic clock. */
  endsAt: number | null;
}

interface SealedConnection {
  baseUrl: string | null;
  allowedHosts: string[];
  /** JSON text of the fields that are no secrets. */
  plain: string;
  /** Every version that still holds, the newest first. */
  fields: SealedField[];
  /** Of the credential as a whole. A value that has lapsed still counts: nobody has replaced it. */
  version: string;
}

interface SealedRow {
  base_url: string | null;
  allowed_hosts: string[];
  fields: string;
  field: string | null;
  version: number | null;
  sealed: Buffer | null;
  holds: boolean;
  ends_in_ms: number | null;
}

interface CredentialRequest {
  actor: SecretReader;
  workspaceId: string;
  connectionId: string;
  host: string;
}

const loadSecrets = statement(new URL("./sql/load-secrets.sql", import.meta.url));
const rowsFreshMs = 1_000;
const maxCachedRows = 1_000;
const usedAtEveryMs = 60_000;
const logger = createLogger({ name: "secrets" });

/**
 * Envelope encryption of everything secret, and the only places where it is opened again. What is kept in memory
 * between calls is sealed, for at most a second, so that a rotated secret is used at once.
 */
export class Secrets {
  readonly #pool: pg.Pool;
  readonly #keys: DataKeys;
  readonly #cache = new Map<string, { at: number; sealed: Promise<SealedConnection> }>();
  readonly #lastUsed = new Map<string, number>();

  constructor(options: { pool: pg.Pool; key: Buffer }) {
    this.#pool = options.pool;
    this.#keys = new DataKeys(options.pool, options.key);
  }

  /** For the start of a process: throws, with the mend, when the key is not the one the stored secrets hang on. */
  async verifyKey(): Promise<void> {
    await this.#keys.verify();
  }

  /** Seals the value of a connection's field, for the column `secret.sealed`. */
  async seal(secret: SecretOwner & { value: string }): Promise<Buffer> {
    const { version, key } = await this.#keys.current(secret.workspaceId);
    return seal(key, version, secretOwner(secret), Buffer.from(secret.value));
  }

  /**
   * The credential of a connection, to be sent to one host. `host` is that of the URL (`URL.host`), and the connection must
   * belong to the workspace and allow it. The newest version of each field that still holds.
   */
  async decrypt(request: CredentialRequest): Promise<Record<string, string>> {
    return (await this.credential(request)).values;
  }

  /** Like `decrypt`, with what is known of the credential besides its values. */
  async credential(request: CredentialRequest): Promise<OpenCredential> {
    const connection = await this.#load(request);
    if (!mayReceiveCredential(connection, request.host)) {
      throw new AppError("egress_blocked", `the credential of this connection must not be sent to ${request.host}`);
    }
    this.#noteUse(request.connectionId);
    logger.debug({ actor: request.actor, connectionId: request.connectionId, host: request.host }, "a credential was read");
    const values: Record<string, string> = {};
    const newest = newestOf(connection.fields);
    for (const sealed of newest) values[sealed.field] = await this.#open(request, sealed);
    const ends = newest.flatMap((sealed) => (sealed.endsAt === null ? [] : [sealed.endsAt]));
    const plain: unknown = JSON.parse(connection.plain);
    return {
      values,
      version: connection.version,
      endsInMs: ends.length === 0 ? null : Math.min(...ends) - performance.now(),
      plain: isJsonObject(plain) ? plain : {},
    };
  }

  /** The version of the credential that is stored now, whatever was read before. */
  async storedVersion(connection: { workspaceId: string; connectionId: string }): Promise<string> {
    this.forget(connection);
    return (await this.#load(connection)).version;
  }

  /** Makes the next reading go to the database. */
  forget({ workspaceId, connectionId }: { workspaceId: string; connectionId: string }): void {
    this.#cache.delete(`${workspaceId} ${connectionId}`);
  }

  /**
   * All values of a connection that still hold, for checking what others sign with them. During a rotation a field has
   * an old and a new one. They go nowhere, so there is no host to check. `plain` are the fields that are no secrets.
   */
  async decryptForVerification(request: { workspaceId: string; connectionId: string }): Promise<VerificationSecrets> {
    const connection = await this.#load(request);
    const open = connection.fields.map(async (sealed) => ({ field: sealed.field, value: await this.#open(request, sealed) }));
    const plain: unknown = JSON.parse(connection.plain);
    return { plain: isJsonObject(plain) ? plain : {}, secrets: await Promise.all(open) };
  }

  /** Seals a text that is kept elsewhere, such as a webhook token for display. `owner` names its row and column. */
  async sealText(request: { workspaceId: string; owner: string; text: string }): Promise<string> {
    const { version, key } = await this.#keys.current(request.workspaceId);
    return seal(key, version, textOwner(request), Buffer.from(request.text)).toString("base64url");
  }

  /** Opens what `sealText` made for the same owner. */
  async openText(request: { workspaceId: string; owner: string; sealed: string }): Promise<string> {
    return this.#unseal(request.workspaceId, textOwner(request), Buffer.from(request.sealed, "base64url"));
  }

  #open(owner: { workspaceId: string; connectionId: string }, sealed: SealedField): Promise<string> {
    return this.#unseal(owner.workspaceId, secretOwner({ ...owner, field: sealed.field, version: sealed.version }), sealed.sealed);
  }

  async #unseal(workspaceId: string, owner: string, sealed: Buffer): Promise<string> {
    try {
      const { key } = await this.#keys.byVersion(workspaceId, keyVersionOf(sealed));
      return open(key, owner, sealed).toString();
    } catch (error) {
      if (error instanceof UnsealError)
        throw new AppError("secret_unreadable", "a stored secret cannot be opened: enter it again", { cause: error });
      throw error;
    }
  }

  #load({ workspaceId, connectionId }: { workspaceId: string; connectionId: string }): Promise<SealedConnection> {
    const name = `${workspaceId} ${connectionId}`;
    const known = this.#cache.get(name);
    if (known !== undefined && performance.now() - known.at < rowsFreshMs) return known.sealed;
    if (this.#cache.size >= maxCachedRows) this.#cache.clear();
    const sealed = this.#query(workspaceId, connectionId);
    this.#cache.set(name, { at: performance.now(), sealed });
    sealed.catch(() => this.#cache.delete(name));
    return sealed;
  }

  async #query(workspaceId: string, connectionId: string): Promise<SealedConnection> {
    const readAt = performance.now();
    const { rows } = await this.#pool.query<SealedRow>({ ...loadSecrets, values: [connectionId, workspaceId] });
    const [first] = rows;
    if (first === undefined) throw new AppError("not_found", "there is no such connection");
    const all = rows.flatMap(({ field, version, sealed, holds, ends_in_ms: endsInMs }) =>
      field === null || version === null || sealed === null
        ? []
        : [{ field, version, sealed, holds, endsAt: endsInMs === null ? null : readAt + endsInMs }],
    );
    const fields = all.filter((value) => value.holds);
    return { baseUrl: first.base_url, allowedHosts: first.allowed_hosts, plain: first.fields, fields, version: versionOf(newestOf(all)) };
  }

  /** Roughly, so that a busy connection does not write its row with every call. */
  #noteUse(connectionId: string): void {
    const now = performance.now();
    if (now - (this.#lastUsed.get(connectionId) ?? Number.NEGATIVE_INFINITY) < usedAtEveryMs) return;
    if (this.#lastUsed.size >= maxCachedRows) this.#lastUsed.clear();
    this.#lastUsed.set(connectionId, now);
    this.#pool.query("UPDATE connection SET last_used_at = now() WHERE id = $1", [connectionId]).catch((thrown: unknown) => {
      logger.warn({ err: toError(thrown) }, "the use of a connection was not noted");
    });
  }
}

function newestOf(fields: readonly SealedField[]): SealedField[] {
  return fields.filter((sealed, index) => fields[index - 1]?.field !== sealed.field);
}

/** As take-refresh-lease.sql and connection-refused.sql write it. */
function versionOf(newest: readonly SealedField[]): string {
  return newest
    .map(({ field, version }) => `${field}:${version}`)
    .sort()
    .join(",");
}

function secretOwner(owner: SecretOwner): string {
  return `secret|${owner.workspaceId}|${owner.connectionId}|${owner.field}|${owner.version}`;
}

function textOwner({ workspaceId, owner }: { workspaceId: string; owner: string }): string {
  return `text|${workspaceId}|${owner}`;
}

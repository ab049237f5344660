import { randomBytes } from "node:crypto";
import type pg from "pg";
import { AppError } from "#lib/shared/errors.ts";
import { fingerprint, keyLength, open, seal, UnsealError } from "./envelope.ts";

export interface DataKey {
  version: number;
  key: Buffer;
}

interface DataKeyRow {
  workspace_id: string;
  version: number;
  wrapped: Buffer;
  key_fingerprint: string;
}

const firstVersion = 1;

/** The data keys of the workspaces, each wrapped by the instance's key. Unwrapped ones stay in memory. */
export class DataKeys {
  readonly #pool: pg.Pool;
  readonly #instanceKey: Buffer;
  readonly #current = new Map<string, Promise<DataKey>>();
  readonly #byVersion = new Map<string, Promise<DataKey>>();

  constructor(pool: pg.Pool, instanceKey: Buffer) {
    if (instanceKey.length !== keyLength) throw new Error(`SLUICE_SECRET_KEY: must be ${keyLength} bytes in base64`);
    this.#pool = pool;
    this.#instanceKey = instanceKey;
  }

  /** Refuses a key that is not the one the stored secrets hang on. Every wrapped data key is a canary for that. */
  async verify(): Promise<void> {
    const { rows } = await this.#pool.query<DataKeyRow>(
      "SELECT DISTINCT ON (key_fingerprint) workspace_id, version, wrapped, key_fingerprint FROM data_key ORDER BY key_fingerprint, workspace_id, version",
    );
    const own = fingerprint(this.#instanceKey);
    for (const row of rows) {
      if (row.key_fingerprint === own && this.#opens(row)) continue;
      throw new Error(
        `SLUICE_SECRET_KEY: this key (fingerprint ${own}) is not the one the stored secrets were sealed with (${row.key_fingerprint}): set that one again`,
      );
    }
  }

  /** The key new values are sealed with. Makes the workspace's first one. */
  current(workspaceId: string): Promise<DataKey> {
    return remembered(this.#current, workspaceId, () => this.#loadOrMake(workspaceId));
  }

  /** The key an older value was sealed with. */
  byVersion(workspaceId: string, version: number): Promise<DataKey> {
    return remembered(this.#byVersion, `${workspaceId} ${version}`, async () => {
      const row = await this.#read("SELECT * FROM data_key WHERE workspace_id = $1 AND version = $2", [workspaceId, version]);
      if (row === undefined) throw new AppError("secret_unreadable", "the key of a stored secret is missing");
      return { version, key: this.#unwrap(row) };
    });
  }

  async #loadOrMake(workspaceId: string): Promise<DataKey> {
    const wrapped = seal(this.#instanceKey, 0, ownerOf(workspaceId, firstVersion), randomBytes(keyLength));
    // Two processes may be first at once; both then use the one that was stored.
    await this.#pool.query(
      `INSERT INTO data_key (workspace_id, version, wrapped, key_fingerprint)
       SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM data_key WHERE workspace_id = $1) ON CONFLICT DO NOTHING`,
      [workspaceId, firstVersion, wrapped, fingerprint(this.#instanceKey)],
    );
    const row = await this.#read("SELECT * FROM data_key WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1", [workspaceId]);
    if (row === undefined) throw new AppError("secret_unreadable", "the workspace has no key");
    return { version: row.version, key: this.#unwrap(row) };
  }

  async #read(text: string, values: unknown[]): Promise<DataKeyRow | undefined> {
    const { rows } = await this.#pool.query<DataKeyRow>(text, values);
    return rows[0];
  }

  #opens(row: DataKeyRow): boolean {
    try {
      return open(this.#instanceKey, ownerOf(row.workspace_id, row.version), row.wrapped).length === keyLength;
    } catch (error) {
      if (error instanceof UnsealError) return false;
      throw error;
    }
  }

  #unwrap(row: DataKeyRow): Buffer {
    if (!this.#opens(row)) throw new AppError("secret_unreadable", "the stored secrets were sealed with another SLUICE_SECRET_KEY");
    return open(this.#instanceKey, ownerOf(row.workspace_id, row.version), row.wrapped);
  }
}

function ownerOf(workspaceId: string, version: number): string {
  return `data-key|${workspaceId}|${version}`;
}

/** Remembers what a load gives, and shares it among those who ask meanwhile; a failure is not remembered. */
function remembered<T>(cache: Map<string, Promise<T>>, name: string, load: () => Promise<T>): Promise<T> {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const loading = load();
  cache.set(name, loading);
  loading.catch(() => cache.delete(name));
  return loading;
}

import { createHash } from "node:crypto";
import type pg from "pg";
import { statement } from "#lib/db/statement.ts";

const claimStatement = statement(new URL("./sql/claim-dedup.sql", import.meta.url));
const pruneStatement = statement(new URL("./sql/prune-dedup.sql", import.meta.url));

export interface DedupRequest {
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  /** A test run must not use up the keys of live ones. */
  mode: "live" | "test";
  key: string;
  runId: string;
  ttlMs: number;
}

/** What dedupe nodes have seen, over all versions of a workflow. */
export class NodeDedup {
  readonly #pool: pg.Pool;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** Whether the run is the first with its key. Asking again gives the same answer while the key is remembered. */
  async claim(request: DedupRequest): Promise<"first" | "duplicate"> {
    const { workspaceId, workflowId, nodeId, mode, key, runId, ttlMs } = request;
    const hash = createHash("sha256").update(`${mode}\n${key}`).digest();
    const { rowCount } = await this.#pool.query({ ...claimStatement, values: [workspaceId, workflowId, nodeId, hash, runId, ttlMs] });
    return rowCount === 0 ? "duplicate" : "first";
  }

  /** Forgets expired keys. */
  async prune(): Promise<void> {
    await this.#pool.query(pruneStatement);
  }
}

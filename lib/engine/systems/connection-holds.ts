import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { newId } from "#lib/shared/ids.ts";

const holdStatement = statement(new URL("./sql/connection-hold.sql", import.meta.url));
const refusedStatement = statement(new URL("./sql/connection-refused.sql", import.meta.url));

/** Why a connection must not be called: a person took it out of service, or its remote refuses the credential. */
export interface Hold {
  reason: "isolated" | "auth";
  message: string;
}

interface RefusedCredential {
  workspaceId: string;
  connectionId: string;
  /** The version that was refused. */
  credential: string;
  /** Where it was noticed. */
  workflowId: string;
  nodeId: string;
}

/** Says in words why a connection is held. */
export function describeHold(reason: Hold["reason"], isolatedReason: string | null): Hold {
  if (reason === "auth") return { reason, message: "the connection's credential is refused; the step waits until it is replaced" };
  const why = isolatedReason === null || isolatedReason === "" ? "" : `: ${isolatedReason}`;
  return { reason, message: `the connection is isolated${why}; the step waits until it is released` };
}

/** Connections that are not called until somebody has done something about them, and the runs that wait for that. */
export class ConnectionHolds {
  readonly #pool: pg.Pool;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** Notes a run to be woken when the connection is released. Null: it is not held, or no longer. */
  async wait(run: { workspaceId: string; connectionId: string; runId: string }): Promise<Hold | null> {
    const { rows } = await this.#pool.query<{ reason: Hold["reason"]; isolated_reason: string | null }>({
      ...holdStatement,
      values: [run.connectionId, run.workspaceId, run.runId],
    });
    return rows[0] ? describeHold(rows[0].reason, rows[0].isolated_reason) : null;
  }

  /** Stops the connection because its credential is refused, and opens the issue that says so; once, however many notice it. */
  async refuse({ workspaceId, connectionId, credential, workflowId, nodeId }: RefusedCredential): Promise<void> {
    const values = [connectionId, workspaceId, credential, newId(), workflowId, nodeId];
    await this.#pool.query({ ...refusedStatement, values });
  }
}

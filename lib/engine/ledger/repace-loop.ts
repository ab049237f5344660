import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { LoopPace } from "../loop-state.ts";
import { type AuditRow, putAuditRow } from "./audit-row.ts";
import { inTransaction } from "./transaction.ts";

const repace = statement(new URL("./sql/repace-loop.sql", import.meta.url));

/**
 * Changes how many items of a loop may be under way and may fail, from now on: whoever drives the run hears of it at once.
 * Items under way are let finish. Throws `conflict` when the loop is not under way any more.
 */
export async function repaceLoop(
  pool: pg.Pool,
  loop: { workspaceId: string; runId: string; stepId: string; pace: LoopPace; audit: AuditRow },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const values = [loop.runId, loop.workspaceId, loop.stepId, JSON.stringify(loop.pace)];
    const { rows } = await client.query({ ...repace, values });
    if (rows.length === 0) throw new AppError("conflict", "the loop is not under way any more");
    await putAuditRow(client, loop.audit);
  });
}

import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { type IssueState, lockIssue, log, putState, stateOf } from "./change-issue.ts";
import { readIssue } from "./read-issue.ts";

/** The last act on the issue, apart from the further lines of the same act. */
const findLast = `
  SELECT actor_id, details FROM issue_activity
  WHERE issue_id = $1 AND workspace_id = $2 AND (details::json ->> 'undo' IS NOT NULL OR action NOT IN ('assigned', 'noted'))
  ORDER BY id DESC LIMIT 1`;

/** Takes back the caller's last change of an issue. Throws `conflict` when somebody or something has acted on it since. */
export async function undoIssue({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<IssueView> {
  authorize(ctx.actor, "issues:write");
  await inTransaction(ctx.db.pool, async (client) => {
    const before = stateOf(await lockIssue(client, ctx, input.id));
    const state = await lastState(client, ctx, input.id);
    await putState(client, ctx, input.id, state);
    await log(client, ctx, input.id, "undone", { from: before.status, to: state.status });
    const details = { before: { ...before }, after: { ...state } };
    await putAuditRow(client, auditRow(ctx, { action: "issue.undone", entityType: "issue", entityId: input.id, details }));
  });
  return readIssue(ctx, input.id);
}

async function lastState(client: pg.ClientBase, ctx: Context, id: string): Promise<IssueState> {
  const { rows } = await client.query<{ actor_id: string | null; details: string }>(findLast, [id, ctx.workspaceId]);
  const { undo } = readJsonObject(rows[0]?.details ?? null);
  const own = rows[0]?.actor_id === actorColumns(ctx.actor).actorId;
  if (!own || !isJsonObject(undo ?? null)) throw new AppError("conflict", "there is nothing of yours to undo here");
  return undo as JsonObject & IssueState; // safe because changeIssue wrote it
}

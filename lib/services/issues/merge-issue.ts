import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { lockIssue, log } from "./change-issue.ts";
import { readIssue } from "./read-issue.ts";

/** What was merged into this one before goes on to the new target: one step leads there from any cause. */
const pointAliases = `
  WITH own AS (SELECT fingerprint FROM issue WHERE id = $1), target AS (SELECT fingerprint FROM issue WHERE id = $2),
  moved AS (UPDATE issue_alias a SET target = t.fingerprint FROM own o, target t WHERE a.workspace_id = $3 AND a.target = o.fingerprint)
  INSERT INTO issue_alias (workspace_id, fingerprint, target) SELECT $3, o.fingerprint, t.fingerprint FROM own o, target t
  ON CONFLICT (workspace_id, fingerprint, message) DO UPDATE SET target = excluded.target`;
const dropSelfAliases = "DELETE FROM issue_alias WHERE workspace_id = $1 AND fingerprint = target AND message = ''";
const moveLetters = "UPDATE dead_letter SET issue_id = $2 WHERE issue_id = $1";
const addUp = `
  UPDATE issue t SET count = t.count + s.count, first_seen_at = least(t.first_seen_at, s.first_seen_at),
    last_seen_at = greatest(t.last_seen_at, s.last_seen_at), first_version = least(t.first_version, s.first_version),
    last_version = greatest(t.last_version, s.last_version)
  FROM issue s WHERE s.id = $1 AND t.id = $2`;
const close = `UPDATE issue SET merged_into = $2, status = 'resolved', resolved_at = clock_timestamp(), regressed = false, escalating = false, snooze = NULL
  WHERE id = $1`;
const follow = "UPDATE issue SET merged_into = $2 WHERE merged_into = $1";

/** Two issues have one cause: the other takes over this one's items, and whatever comes of it from now on. */
export async function mergeIssue({ ctx, input }: { ctx: Context; input: { id: string; into: string } }): Promise<IssueView> {
  authorize(ctx.actor, "issues:write");
  const { id, into } = input;
  if (id === into)
    throw new AppError("invalid_input", "an issue is part of itself already", { problems: [{ path: "into", message: "is this issue" }] });
  await inTransaction(ctx.db.pool, async (client) => {
    const was = new Map<string, string>();
    const [first, second] = [id, into].sort(); // in one order, for whoever merges the other way round at the same time
    for (const one of [first, second]) {
      if (one === undefined) continue;
      const { status, type } = await lockIssue(client, ctx, one);
      if (isHealthKind(type))
        throw new AppError("conflict", `issues of the type ${type} have no items: they are over when what they tell of is`);
      was.set(one, status);
    }
    await client.query(pointAliases, [id, into, ctx.workspaceId]);
    await client.query(dropSelfAliases, [ctx.workspaceId]);
    await client.query(addUp, [id, into]);
    await client.query(moveLetters, [id, into]);
    await client.query(follow, [id, into]);
    await client.query(close, [id, into]);
    await log(client, ctx, id, "merged", { into });
    await log(client, ctx, into, "took_over", { from: id });
    const details = { before: { status: was.get(id) ?? null, mergedInto: null }, after: { status: "resolved", mergedInto: into } };
    await putAuditRow(client, auditRow(ctx, { action: "issue.merged", entityType: "issue", entityId: id, details }));
  });
  return readIssue(ctx, into);
}

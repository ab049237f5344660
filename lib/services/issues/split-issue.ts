import { createHash } from "node:crypto";
import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { lockIssue, log } from "./change-issue.ts";
import { readIssue } from "./read-issue.ts";

interface Sample {
  fingerprint: string | null;
  own: string;
  message: string;
}

const findSample = `
  SELECT l.fingerprint, i.fingerprint AS own, coalesce(l.error::json ->> 'message', '') AS message
  FROM dead_letter l JOIN issue i ON i.id = l.issue_id WHERE l.id = $1 AND l.issue_id = $2 AND l.workspace_id = $3`;

/** A new issue, or the one that had been merged here, which comes back to life. */
const openIssue = `
  INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, first_seen_at, last_seen_at, opened_at, assignee_id)
  SELECT $1, l.workspace_id, l.workflow_id, l.node_id, l.kind, $3, coalesce(l.error::json ->> 'message', ''), l.dead_at, l.dead_at,
    clock_timestamp(), workflow_publisher(l.workflow_id)
  FROM dead_letter l WHERE l.id = $2
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET merged_into = NULL, status = 'open', resolved_at = NULL, count = 0, opened_at = clock_timestamp()
  RETURNING id`;
const moveLike = `
  UPDATE dead_letter l SET issue_id = $2 FROM issue i
  WHERE l.issue_id = $1 AND i.id = $1 AND ($4::text IS NULL OR coalesce(l.error::json ->> 'message', '') = $4)
    AND coalesce(l.fingerprint, i.fingerprint) = $3`;
const anyLeft = "SELECT FROM dead_letter WHERE issue_id = $1 LIMIT 1";
const addRule = `
  INSERT INTO issue_alias (workspace_id, fingerprint, message, target) VALUES ($1, $2, $3, $4)
  ON CONFLICT (workspace_id, fingerprint, message) DO UPDATE SET target = excluded.target`;
const dropRule = "DELETE FROM issue_alias WHERE workspace_id = $1 AND fingerprint = $2 AND message = ''";
const recount = `
  UPDATE issue i SET count = c.items, first_seen_at = c.first_at, last_seen_at = c.last_at, first_version = c.first_version, last_version = c.last_version
  FROM (SELECT count(*)::int AS items, min(dead_at) AS first_at, max(dead_at) AS last_at, min(version) AS first_version, max(version) AS last_version
    FROM dead_letter WHERE issue_id = $1) c
  WHERE i.id = $1 AND c.items > 0`;
const takeFrom = "UPDATE issue SET count = greatest(count - $2, (SELECT count(*) FROM dead_letter WHERE issue_id = $1)) WHERE id = $1";

/**
 * An item is of another cause than the rest of its issue: it, and what is like it now and later, becomes an issue of its own. What had
 * been merged comes apart again; else the very words of the error tell the two apart.
 */
export async function splitIssue({ ctx, input }: { ctx: Context; input: { id: string; deadLetterId: string } }): Promise<IssueView> {
  authorize(ctx.actor, "issues:write");
  const issueId = await inTransaction(ctx.db.pool, async (client) => {
    await lockIssue(client, ctx, input.id);
    const { rows } = await client.query<Sample>(findSample, [input.deadLetterId, input.id, ctx.workspaceId]);
    if (rows[0] === undefined) throw new AppError("not_found", "there is no such item in this issue");
    const { target, moved } = await split(client, ctx, input, rows[0]);
    await client.query(recount, [target]);
    await client.query(takeFrom, [input.id, moved]);
    await log(client, ctx, input.id, "split", { into: target, items: moved });
    await log(client, ctx, target, "split_off", { from: input.id, items: moved });
    const details = { before: { issueId: input.id }, after: { issueId: target, items: moved, deadLetterId: input.deadLetterId } };
    await putAuditRow(client, auditRow(ctx, { action: "issue.split", entityType: "issue", entityId: input.id, details }));
    return target;
  });
  return readIssue(ctx, issueId);
}

async function split(
  client: pg.ClientBase,
  ctx: Context,
  input: { id: string; deadLetterId: string },
  sample: Sample,
): Promise<{ target: string; moved: number }> {
  const cause = sample.fingerprint ?? sample.own;
  const merged = cause !== sample.own;
  const fingerprint = merged
    ? cause
    : createHash("sha256")
        .update(JSON.stringify([cause, sample.message]))
        .digest("hex");
  const { rows } = await client.query<{ id: string }>(openIssue, [newId(), input.deadLetterId, fingerprint]);
  const target = rows[0]?.id ?? "";
  if (merged) await client.query(dropRule, [ctx.workspaceId, cause]);
  else await client.query(addRule, [ctx.workspaceId, cause, sample.message, fingerprint]);
  const { rowCount } = await client.query(moveLike, [input.id, target, cause, merged ? null : sample.message]);
  if (!merged && (await client.query(anyLeft, [input.id])).rowCount === 0) {
    throw new AppError(
      "conflict",
      "every item of this issue has the very same error: by its words this one cannot be told from the others",
    );
  }
  return { target, moved: rowCount ?? 0 };
}

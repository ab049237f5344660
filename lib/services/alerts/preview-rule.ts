import { matchesRule } from "#lib/alerts/match-rule.ts";
import type { AlertKind, AlertRulePreview } from "#lib/shared/alert-types.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { PreviewRuleInput } from "./schemas.ts";

interface NewsRow {
  kind: AlertKind;
  workflow_id: string | null;
  type: string;
  critical: boolean;
  at: Date;
  issue_id: string;
  title: string;
}

const days = 7;
const shown = 3;
/** More than this in a week is a storm anyway. */
const maxNews = 5_000;

const recentNews = `
  SELECT n.kind, i.workflow_id, i.type, i.critical, n.at, i.id AS issue_id, i.title
  FROM issue_notification n JOIN issue i ON i.id = n.issue_id
  WHERE n.workspace_id = $1 AND n.at > now() - ${days} * interval '1 day' ORDER BY n.at DESC LIMIT ${maxNews}`;

/** What a rule would have spoken of in the last seven days. */
export async function previewRule({ ctx, input }: { ctx: Context; input: PreviewRuleInput }): Promise<AlertRulePreview> {
  authorize(ctx.actor, "alerts:read");
  const rows = await listQuery<NewsRow>(ctx, recentNews, [ctx.workspaceId]);
  const told = rows.filter((row) => matchesRule({ ...input, enabled: true }, { ...row, workflowId: row.workflow_id }));
  const latest = told.slice(0, shown).map(({ kind, at, issue_id: issueId, title }) => ({ kind, at: at.toISOString(), issueId, title }));
  return { days, count: told.length, latest };
}

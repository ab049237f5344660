import type { AlertKind, AlertRuleView } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";

interface RuleRow {
  id: string;
  name: string;
  issue_types: string[];
  critical_only: boolean;
  kinds: AlertKind[];
  enabled: boolean;
  muted_until: Date | null;
  mute_reason: string;
  muted_by: string | null;
  last_notified_at: Date | null;
  workflows: AlertRuleView["workflows"];
  channels: AlertRuleView["channels"];
}

const selectRules = `
  SELECT r.id, r.name, r.issue_types, r.critical_only, r.kinds, r.enabled, r.mute_reason, r.muted_by,
    CASE WHEN r.muted_until > now() THEN r.muted_until END AS muted_until,
    (SELECT max(a.sent_at) FROM alert a WHERE a.rule_id = r.id) AS last_notified_at,
    coalesce((SELECT json_agg(json_build_object('id', w.id, 'name', w.name) ORDER BY lower(w.name)) FROM workflow w
      WHERE w.id = ANY (r.workflow_ids) AND w.workspace_id = r.workspace_id), '[]') AS workflows,
    coalesce((SELECT json_agg(json_build_object('id', c.id, 'name', c.name, 'kind', c.kind, 'enabled', c.enabled) ORDER BY lower(c.name))
      FROM alert_channel c WHERE c.id = ANY (r.channel_ids) AND c.workspace_id = r.workspace_id AND c.removed_at IS NULL), '[]') AS channels
  FROM alert_rule r
  WHERE r.workspace_id = $1 AND r.removed_at IS NULL AND ($2::uuid IS NULL OR r.id = $2)
  ORDER BY lower(r.name), r.id`;

/** The rules of the caller's workspace, by name, for whoever was authorized before. There are never many. */
export async function readRules(ctx: Context, id: string | null = null): Promise<AlertRuleView[]> {
  const { rows } = await ctx.db.pool.query<RuleRow>(selectRules, [ctx.workspaceId, id]);
  return rows.map(toRuleView);
}

/** One rule. Throws `not_found`. */
export async function readRule(ctx: Context, id: string): Promise<AlertRuleView> {
  const [view] = await readRules(ctx, id);
  if (view === undefined) throw noRule();
  return view;
}

/** A rule that is not there, or not the caller's. */
export function noRule(): AppError {
  return new AppError("not_found", "there is no such rule");
}

function toRuleView(row: RuleRow): AlertRuleView {
  const { id, name, workflows, kinds, channels, enabled } = row;
  const muted = row.muted_until !== null;
  return {
    ...{ id, name, workflows, kinds, channels, enabled },
    issueTypes: row.issue_types,
    criticalOnly: row.critical_only,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    muteReason: muted ? row.mute_reason : "",
    mutedBy: muted ? row.muted_by : null,
    lastNotifiedAt: row.last_notified_at?.toISOString() ?? null,
  };
}

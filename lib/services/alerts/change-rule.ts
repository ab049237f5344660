import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { AlertRuleView } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { isUniqueViolation } from "../transaction.ts";
import { nameTaken } from "./create-channel.ts";
import { requireReferences } from "./rule-references.ts";
import { noRule, readRule } from "./rule-view.ts";
import type { ChangeRuleInput } from "./schemas.ts";

/** A rule as its row holds it, in the words of the API. */
interface StoredRule {
  name: string;
  workflowIds: string[];
  issueTypes: string[];
  criticalOnly: boolean;
  kinds: string[];
  channelIds: string[];
  enabled: boolean;
  mutedUntil: string | null;
  muteReason: string;
  mutedBy: string | null;
}

const lockRule = `
  SELECT name, workflow_ids AS "workflowIds", issue_types AS "issueTypes", critical_only AS "criticalOnly", kinds, channel_ids AS "channelIds",
    enabled, to_json(muted_until) #>> '{}' AS "mutedUntil", mute_reason AS "muteReason", muted_by AS "mutedBy"
  FROM alert_rule WHERE id = $1 AND workspace_id = $2 AND removed_at IS NULL FOR UPDATE`;
const updateRule = `
  UPDATE alert_rule SET name = $2, workflow_ids = $3, issue_types = $4, critical_only = $5, kinds = $6, channel_ids = $7, enabled = $8,
    muted_until = $9, mute_reason = $10, muted_by = $11
  WHERE id = $1`;
const nameOfUser = "SELECT name FROM auth_user WHERE id = $1";

/** Changes a rule, or mutes it for a while. Throws `not_found`. */
export async function changeRule({ ctx, input }: { ctx: Context; input: ChangeRuleInput }): Promise<AlertRuleView> {
  authorize(ctx.actor, "alerts:write");
  const { id, mute, ...given } = input;
  if (mute && Date.parse(mute.until) <= ctx.now()) {
    throw new AppError("invalid_input", "mute until a time that is still to come", {
      problems: [{ path: "mute.until", message: "has passed" }],
    });
  }
  try {
    await inTransaction(ctx.db.pool, async (client) => {
      await requireReferences(client, ctx, given);
      const { rows } = await client.query<StoredRule>(lockRule, [id, ctx.workspaceId]);
      const [before] = rows;
      if (before === undefined) throw noRule();
      const wished = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const after: StoredRule = { ...before, ...wished, ...(await muting(client, ctx, mute)) };
      await client.query(updateRule, [id, ...columnsOf(after)]);
      const details = { before: { ...before }, after: { ...after } };
      await putAuditRow(client, auditRow(ctx, { action: actionOf(mute), entityType: "alert_rule", entityId: id, details }));
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken("rule", input.name ?? "", thrown);
    throw thrown;
  }
  return readRule(ctx, id);
}

function columnsOf(rule: StoredRule): unknown[] {
  const { name, workflowIds, issueTypes, criticalOnly, kinds, channelIds, enabled, mutedUntil, muteReason, mutedBy } = rule;
  return [name, workflowIds, issueTypes, criticalOnly, kinds, channelIds, enabled, mutedUntil, muteReason, mutedBy];
}

function actionOf(mute: ChangeRuleInput["mute"]): string {
  if (mute === undefined) return "alert_rule.changed";
  return mute === null ? "alert_rule.unmuted" : "alert_rule.muted";
}

async function muting(client: pg.ClientBase, ctx: Context, mute: ChangeRuleInput["mute"]): Promise<Partial<StoredRule>> {
  if (mute === undefined) return {};
  if (mute === null) return { mutedUntil: null, muteReason: "", mutedBy: null };
  const { actor } = ctx;
  const { rows } = await client.query<{ name: string }>(nameOfUser, [actor.type === "user" ? actor.userId : ""]);
  return { mutedUntil: mute.until, muteReason: mute.reason, mutedBy: rows[0]?.name ?? "an API token" };
}

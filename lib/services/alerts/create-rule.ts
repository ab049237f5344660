import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { AlertRuleView } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { isUniqueViolation } from "../transaction.ts";
import { nameTaken } from "./create-channel.ts";
import { requireReferences } from "./rule-references.ts";
import { readRule } from "./rule-view.ts";
import type { CreateRuleInput } from "./schemas.ts";

/** Each is looked at for every issue that opens. */
const maxRules = 200;

const countRules = "SELECT count(*)::int AS n FROM alert_rule WHERE workspace_id = $1 AND removed_at IS NULL";
const insertRule = `
  INSERT INTO alert_rule (id, workspace_id, name, workflow_ids, issue_types, critical_only, kinds, channel_ids, enabled)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Makes a rule. It speaks of what happens from now on. */
export async function createRule({ ctx, input }: { ctx: Context; input: CreateRuleInput }): Promise<AlertRuleView> {
  authorize(ctx.actor, "alerts:write");
  const id = newId();
  const { name, workflowIds, issueTypes, criticalOnly, kinds, channelIds, enabled } = input;
  try {
    await inTransaction(ctx.db.pool, async (client) => {
      await requireReferences(client, ctx, input);
      const { rows } = await client.query<{ n: number }>(countRules, [ctx.workspaceId]);
      if ((rows[0]?.n ?? 0) >= maxRules) throw new AppError("conflict", `there are ${maxRules} rules already; remove some`);
      await client.query(insertRule, [id, ctx.workspaceId, name, workflowIds, issueTypes, criticalOnly, kinds, channelIds, enabled]);
      const details = { before: null, after: { ...input } };
      await putAuditRow(client, auditRow(ctx, { action: "alert_rule.created", entityType: "alert_rule", entityId: id, details }));
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken("rule", name, thrown);
    throw thrown;
  }
  return readRule(ctx, id);
}

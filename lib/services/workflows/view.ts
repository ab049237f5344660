import type { PollStatus, TriggerView, WorkflowState } from "#lib/shared/api-types.ts";
import type { ContextWith } from "../context.ts";
import { may } from "../permissions.ts";
import type { Transaction } from "../transaction.ts";
import { readPolls } from "./poll-status.ts";
import { openWebhookToken } from "./webhook-token.ts";

/** In which of its four states a workflow is. */
export function stateOf(row: { liveVersion: number | null; pausedAt: Date | null; archivedAt: Date | null }): WorkflowState {
  if (row.archivedAt !== null) return "archived";
  if (row.liveVersion === null) return "draft";
  return row.pausedAt === null ? "live" : "paused";
}

export interface TriggerRow {
  id: string;
  nodeId: string;
  type: string;
  enabled: boolean;
  token: string | null;
  nextFireAt: Date | null;
}

/** A trigger as people see it. The address of a webhook starts runs, so only those who may operate workflows see it. */
async function toTriggerView(ctx: ContextWith<"baseUrl" | "secrets">, row: TriggerRow, poll: PollStatus | null): Promise<TriggerView> {
  const mayStart = may(ctx.actor, "workflows:operate") || may(ctx.actor, "workflows:write") || may(ctx.actor, "workflows:publish");
  const sealed = row.type === "webhook" && mayStart ? row.token : null;
  return {
    id: row.id,
    nodeId: row.nodeId,
    type: row.type,
    enabled: row.enabled,
    url: sealed === null ? null : `${ctx.baseUrl}/hooks/${await openWebhookToken(ctx, row.id, sealed)}`,
    nextFireAt: row.nextFireAt?.toISOString() ?? null,
    poll,
  };
}

/** All of them, with how those that poll fare. */
export async function toTriggerViews(
  ctx: ContextWith<"baseUrl" | "secrets">,
  client: Pick<Transaction, "pollState">,
  rows: readonly TriggerRow[],
): Promise<TriggerView[]> {
  const polls = await readPolls(client, rows);
  return Promise.all(rows.map((row) => toTriggerView(ctx, row, polls.get(row.id) ?? null)));
}

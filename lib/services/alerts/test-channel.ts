import { deliver } from "#lib/alerts/deliver.ts";
import { composeMessage } from "#lib/alerts/message.ts";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { ChannelTest } from "#lib/shared/alert-types.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditRow } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { openAddress } from "./channel-address.ts";
import { noChannel } from "./channel-view.ts";

const findChannel = "SELECT sealed FROM alert_channel WHERE id = $1 AND workspace_id = $2 AND removed_at IS NULL";
const noteOutcome = `
  UPDATE alert_channel SET last_answer = $3, failing_since = CASE WHEN $2 THEN NULL ELSE failing_since END,
    last_success_at = CASE WHEN $2 THEN clock_timestamp() ELSE last_success_at END,
    last_failure_at = CASE WHEN $2 THEN last_failure_at ELSE clock_timestamp() END
  WHERE id = $1`;

/** Sends what a real alert looks like, and says what the other side answered. */
export async function testChannel({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets" | "outbound" | "mail" | "baseUrl">;
  input: { id: string };
}): Promise<ChannelTest> {
  authorize(ctx.actor, "channels:write");
  const { rows } = await ctx.db.pool.query<{ sealed: string }>(findChannel, [input.id, ctx.workspaceId]);
  const [row] = rows;
  if (row === undefined) throw noChannel();
  const address = await openAddress(ctx, input.id, row.sealed);
  const { answer, sent } = await deliver(ctx, { address, message: exampleMessage(ctx), now: ctx.now() });
  const ok = answer.status !== null && answer.status >= 200 && answer.status < 300;
  await inTransaction(ctx.db.pool, async (client) => {
    await client.query(noteOutcome, [input.id, ok, answer.text]);
    const details = { ok, answer: answer.text };
    await putAuditRow(client, auditRow(ctx, { action: "alert_channel.tested", entityType: "alert_channel", entityId: input.id, details }));
  });
  return { ok, answer: answer.text, sent };
}

function exampleMessage({ baseUrl, now }: ContextWith<"baseUrl">) {
  const at = new Date(now());
  const facts = {
    kind: "opened" as const,
    issueId: newId(),
    type: "delivery",
    title: "PUT api.example.com answered 404",
    workflowName: "Example workflow",
    stepName: "Create the order",
    count: 3,
    firstSeenAt: new Date(at.getTime() - 300_000),
    lastSeenAt: at,
    runbook: "What the note of the step says stands here.",
    ruleName: "Every critical issue",
  };
  return composeMessage({ id: newId(), at, facts: [facts], total: 1, baseUrl, test: true });
}

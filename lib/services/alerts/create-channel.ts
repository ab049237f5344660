import type pg from "pg";
import type { ChannelAddress } from "#lib/alerts/deliver.ts";
import { makeSigningKey } from "#lib/alerts/webhook.ts";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { type AlertChannelMade, alertKinds } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditRow } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { isUniqueViolation } from "../transaction.ts";
import { sealAddress, targetOf } from "./channel-address.ts";
import { readChannel } from "./channel-view.ts";
import type { CreateChannelInput } from "./schemas.ts";

/** What a workspace is told of as soon as there is a way to tell it. */
const firstRule = "Every critical issue";

const insertChannel = "INSERT INTO alert_channel (id, workspace_id, name, kind, target, sealed) VALUES ($1, $2, $3, $4, $5, $6)";
const insertFirstRule = `
  INSERT INTO alert_rule (id, workspace_id, name, kinds, channel_ids)
  SELECT $1, $2, $3, $4, ARRAY[$5::uuid] WHERE NOT EXISTS (SELECT FROM alert_rule WHERE workspace_id = $2)`;

/** Makes a channel; the first one of a workspace gets a rule that tells of every critical issue. A webhook's signing key is told once. */
export async function createChannel({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets" | "mail">;
  input: CreateChannelInput;
}): Promise<AlertChannelMade> {
  authorize(ctx.actor, "channels:write");
  if (input.kind === "email" && ctx.mail === null) throw noMail();
  const id = newId();
  const address = addressOf(input);
  const sealed = await sealAddress(ctx, id, address);
  const { name, kind } = input;
  try {
    await inTransaction(ctx.db.pool, async (client) => {
      const target = targetOf(address);
      await client.query(insertChannel, [id, ctx.workspaceId, name, kind, target, sealed]);
      const details = { before: null, after: { name, kind, target } };
      await putAuditRow(client, auditRow(ctx, { action: "alert_channel.created", entityType: "alert_channel", entityId: id, details }));
      await putFirstRule(client, ctx, id);
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken("channel", name, thrown);
    throw thrown;
  }
  return { ...(await readChannel(ctx, id)), signingKey: "url" in address ? address.signingKey : null };
}

/** Two things of one name could not be told apart. */
export function nameTaken(what: "channel" | "rule", name: string, cause: unknown): AppError {
  return new AppError("conflict", `there is a ${what} named ${name} already`, { cause, problems: [{ path: "name", message: "is taken" }] });
}

function noMail(): AppError {
  const message = "this instance sends no mail: whoever runs it has to set SMTP_URL and SMTP_FROM first";
  return new AppError("invalid_input", message, { problems: [{ path: "kind", message }] });
}

function addressOf(input: CreateChannelInput): ChannelAddress {
  if (input.kind === "email") return { to: input.to };
  return { url: input.url, signingKey: input.kind === "webhook" ? makeSigningKey() : null };
}

async function putFirstRule(client: pg.ClientBase, ctx: ContextWith<"secrets">, channelId: string): Promise<void> {
  const id = newId();
  const { rowCount } = await client.query(insertFirstRule, [id, ctx.workspaceId, firstRule, [...alertKinds], channelId]);
  if (rowCount === 0) return;
  const details = { before: null, after: { name: firstRule, channelIds: [channelId] } };
  await putAuditRow(client, auditRow(ctx, { action: "alert_rule.created", entityType: "alert_rule", entityId: id, details }));
}

import type { ChannelAddress } from "#lib/alerts/deliver.ts";
import { makeSigningKey } from "#lib/alerts/webhook.ts";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { AlertChannelMade, ChannelKind } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { auditRow } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { isUniqueViolation } from "../transaction.ts";
import { openAddress, sealAddress, targetOf } from "./channel-address.ts";
import { noChannel, readChannel } from "./channel-view.ts";
import { nameTaken } from "./create-channel.ts";
import type { ChangeChannelInput } from "./schemas.ts";

interface LockedChannel {
  name: string;
  kind: ChannelKind;
  target: string;
  sealed: string;
  enabled: boolean;
}

const lockChannel =
  "SELECT name, kind, target, sealed, enabled FROM alert_channel WHERE id = $1 AND workspace_id = $2 AND removed_at IS NULL FOR UPDATE";
/** Whoever turns a channel on again, or gives it another address, begins anew with it. */
const updateChannel = `
  UPDATE alert_channel SET name = $2, target = $3, sealed = $4, enabled = $5,
    disabled_reason = CASE WHEN $6 OR NOT $5 THEN NULL ELSE disabled_reason END, failing_since = CASE WHEN $6 THEN NULL ELSE failing_since END,
    resume_at = CASE WHEN $6 THEN NULL ELSE resume_at END
  WHERE id = $1`;
const dropWaiting =
  "UPDATE alert SET state = 'suppressed', answer = 'the channel was turned off' WHERE channel_id = $1 AND state = 'pending'";

/** Changes a channel. Throws `not_found`. A new signing key is told once. */
export async function changeChannel({ ctx, input }: { ctx: ContextWith<"secrets">; input: ChangeChannelInput }): Promise<AlertChannelMade> {
  authorize(ctx.actor, "channels:write");
  let signingKey: string | null = null;
  try {
    await inTransaction(ctx.db.pool, async (client) => {
      const { rows } = await client.query<LockedChannel>(lockChannel, [input.id, ctx.workspaceId]);
      const [before] = rows;
      if (before === undefined) throw noChannel();
      refuseWrongFields(before.kind, input);
      const readdressed = input.url !== undefined || input.to !== undefined || input.newSigningKey === true;
      const address = readdressed ? changed(await openAddress(ctx, input.id, before.sealed), input) : null;
      if (input.newSigningKey && address !== null && "url" in address) ({ signingKey } = address);
      const sealed = address === null ? before.sealed : await sealAddress(ctx, input.id, address);
      const after = {
        name: input.name ?? before.name,
        target: address === null ? before.target : targetOf(address),
        enabled: input.enabled ?? before.enabled,
      };
      const anew = readdressed || (after.enabled && !before.enabled);
      await client.query(updateChannel, [input.id, after.name, after.target, sealed, after.enabled, anew]);
      if (!after.enabled) await client.query(dropWaiting, [input.id]);
      const { name, target, enabled } = before;
      const details = { before: { name, target, enabled }, after, newAddress: readdressed, newSigningKey: signingKey !== null };
      await putAuditRow(
        client,
        auditRow(ctx, { action: "alert_channel.changed", entityType: "alert_channel", entityId: input.id, details }),
      );
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken("channel", input.name ?? "", thrown);
    throw thrown;
  }
  return { ...(await readChannel(ctx, input.id)), signingKey };
}

function changed(address: ChannelAddress, input: ChangeChannelInput): ChannelAddress {
  if ("to" in address) return { to: input.to ?? address.to };
  const url = input.url ?? address.url;
  return { url, signingKey: input.newSigningKey ? makeSigningKey() : address.signingKey };
}

function refuseWrongFields(kind: ChannelKind, input: ChangeChannelInput): void {
  const wrong = { url: kind === "email", to: kind !== "email", newSigningKey: kind !== "webhook" };
  const problems = (Object.keys(wrong) as (keyof typeof wrong)[])
    .filter((field) => wrong[field] && input[field] !== undefined)
    .map((path) => ({ path, message: `a channel of kind ${kind} has none` }));
  if (problems.length > 0) throw new AppError("invalid_input", `a channel of kind ${kind} has no such field`, { problems });
}

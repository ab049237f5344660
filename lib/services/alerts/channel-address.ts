import { channelOwner } from "#lib/alerts/alerts.ts";
import type { ChannelAddress } from "#lib/alerts/deliver.ts";
import type { ContextWith } from "../context.ts";

/** Where a channel leads, as it may be shown: the host of an address, whose path is often the secret itself. */
export function targetOf(address: ChannelAddress): string {
  return "to" in address ? address.to.join(", ") : `${new URL(address.url).origin}/…`;
}

/** Seals an address for the channel's row. */
export function sealAddress(ctx: ContextWith<"secrets">, channelId: string, address: ChannelAddress): Promise<string> {
  return ctx.secrets.sealText({ workspaceId: ctx.workspaceId, owner: channelOwner(channelId), text: JSON.stringify(address) });
}

/** Opens what `sealAddress` made. */
export async function openAddress(ctx: ContextWith<"secrets">, channelId: string, sealed: string): Promise<ChannelAddress> {
  const text = await ctx.secrets.openText({ workspaceId: ctx.workspaceId, owner: channelOwner(channelId), sealed });
  return JSON.parse(text) as ChannelAddress; // safe because sealAddress wrote it
}

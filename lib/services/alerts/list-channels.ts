import type { AlertChannelView } from "#lib/shared/alert-types.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readChannels } from "./channel-view.ts";

/** Lists the ways people are told of issues. */
export async function listChannels({ ctx }: { ctx: Context }): Promise<Page<AlertChannelView>> {
  authorize(ctx.actor, "alerts:read");
  return { items: await readChannels(ctx), nextCursor: null };
}

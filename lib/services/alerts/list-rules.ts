import type { AlertRuleView } from "#lib/shared/alert-types.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readRules } from "./rule-view.ts";

/** Lists who is told of what. */
export async function listRules({ ctx }: { ctx: Context }): Promise<Page<AlertRuleView>> {
  authorize(ctx.actor, "alerts:read");
  return { items: await readRules(ctx), nextCursor: null };
}

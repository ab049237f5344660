import { templates } from "#lib/graph/templates/templates.ts";
import type { Page, TemplateView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";

/** Lists the ready-made workflows that come with the program. */
export async function listTemplates({ ctx }: { ctx: Context }): Promise<Page<TemplateView>> {
  authorize(ctx.actor, "workflows:read");
  return { items: [...templates], nextCursor: null };
}

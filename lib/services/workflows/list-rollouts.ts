import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import { toRolloutView } from "./rollouts.ts";

const shown = 20;

/** Lists the rollouts of a workflow, the latest first, each with its two versions side by side. */
export async function listRollouts({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Page<RolloutView>> {
  authorize(ctx.actor, "workflows:read");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const rows = await ctx.db.prisma.workflowRollout.findMany({
    where: { workflowId: workflow.id },
    orderBy: { startedAt: "desc" },
    take: shown,
  });
  return { items: await Promise.all(rows.map((row) => toRolloutView(ctx, row))), nextCursor: null };
}

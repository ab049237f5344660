import type { Page, VersionView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import { openRunsByVersion } from "./open-runs.ts";
import { toVersionView } from "./version-view.ts";

/** Lists the published versions of a workflow, newest first, without their documents. */
export async function listVersions({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Page<VersionView>> {
  authorize(ctx.actor, "workflows:read");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const rows = await ctx.db.prisma.workflowVersion.findMany({
    where: { workflowId: workflow.id },
    orderBy: { version: "desc" },
    take: 1_000,
  });
  const open = await openRunsByVersion(ctx, workflow.id);
  const items = rows.map((row) => ({ ...toVersionView(row, workflow.liveVersion), openRuns: open.get(row.version) ?? 0 }));
  return { items, nextCursor: null };
}

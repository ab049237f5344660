import type { VersionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import { toVersionView } from "./version-view.ts";

/** Shows one published version with its document. */
export async function getVersion({ ctx, input }: { ctx: Context; input: { id: string; version: number } }): Promise<VersionView> {
  authorize(ctx.actor, "workflows:read");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const row = await ctx.db.prisma.workflowVersion.findUnique({
    where: { workflowId_version: { workflowId: workflow.id, version: input.version } },
    include: { workflowDocument: true },
  });
  if (row === null) throw new AppError("not_found", `there is no version ${input.version}`);
  return { ...toVersionView(row, workflow.liveVersion), document: readJson(row.workflowDocument.document) };
}

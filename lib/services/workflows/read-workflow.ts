import type { WorkflowView } from "#lib/shared/api-types.ts";
import type { ContextWith } from "../context.ts";
import { readJson } from "../json-column.ts";
import { findWorkflow } from "./find-workflow.ts";
import { checkDraft } from "./problems.ts";
import { toRolloutSummary } from "./rollouts.ts";
import { stateOf, toTriggerViews } from "./view.ts";

/** Reads one workflow for whoever was authorized before: its draft with its problems, what is live, and its triggers. */
export async function readWorkflow(ctx: ContextWith<"baseUrl" | "secrets">, id: string): Promise<WorkflowView> {
  const row = await findWorkflow(ctx.db.prisma, ctx, id);
  const [live, triggers, rollout] = await Promise.all([
    row.liveVersion === null
      ? null
      : ctx.db.prisma.workflowVersion.findUnique({
          where: { workflowId_version: { workflowId: row.id, version: row.liveVersion } },
          include: { workflowDocument: true },
        }),
    ctx.db.prisma.workflowTrigger.findMany({
      where: { workflowId: row.id, version: row.liveVersion ?? -1 },
      orderBy: { createdAt: "asc" },
    }),
    ctx.db.prisma.workflowRollout.findFirst({ where: { workflowId: row.id, endedAt: null }, include: { workflowDocument: true } }),
  ]);
  const liveDocument = live === null ? null : readJson(live.workflowDocument.document);
  const trial = rollout === null ? null : readJson(rollout.workflowDocument.document);
  const draft = readJson(row.draft);
  const { problems } = await checkDraft(ctx.db.prisma, ctx, draft);
  return {
    id: row.id,
    name: row.name,
    state: stateOf(row),
    pausedReason: row.pausedReason,
    liveVersion: row.liveVersion,
    rollout: toRolloutSummary(rollout),
    liveDocument,
    latestDocument: trial ?? liveDocument,
    draft: { document: draft, revision: row.draftRevision, updatedAt: row.draftUpdatedAt.toISOString() },
    problems,
    triggers: await toTriggerViews(ctx, ctx.db.prisma, triggers),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

import type { WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { readVersionDocument } from "./live-document.ts";
import { makeLive } from "./make-live.ts";
import { readWorkflow } from "./read-workflow.ts";
import { endRollout, findOpenRollout, putRollout } from "./rollouts.ts";
import type { RollOutInput } from "./schemas.ts";

/**
 * Gives a published version a share of the new events. 100 makes it the live version, 0 ends the trial; anything between
 * begins a rollout or moves the one under way. Runs under way finish on the version they began with.
 */
export async function rollOutWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: RollOutInput;
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:operate");
  await inTransaction(ctx, async (transaction) => {
    const row = await lockWorkflow(transaction, ctx, input.id);
    if (row.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
    if (row.liveVersion === null) throw new AppError("conflict", "nothing of this workflow is live yet; publish it");
    const { version, percent } = input;
    const target = await readVersionDocument(transaction, row.id, version);
    const open = await findOpenRollout(transaction, row.id);
    if (percent === 0) {
      if (open?.version !== version) throw new AppError("conflict", `version ${version} is not being rolled out`);
      await endRollout(transaction, ctx, row.id, { state: "aborted", reason: input.reason ?? null });
    } else if (percent === 100) {
      await makeLive(transaction, ctx, row, version);
      const state = open?.version === version ? "promoted" : "aborted";
      await endRollout(transaction, ctx, row.id, { state, reason: input.reason ?? null });
    } else {
      if (version === row.liveVersion) throw new AppError("conflict", `version ${version} is live already`);
      const guard = input.guard ?? guardOf(open);
      const { documentId } = target;
      const share = { percent, paused: input.paused, reason: input.reason ?? null, guard };
      const draft = { workflowId: row.id, version, documentId, baselineVersion: row.liveVersion, ...share };
      await putRollout(transaction, ctx, draft);
    }
    const details = { version, before: open === null ? null : { version: open.version, percent: open.percent }, percent };
    await recordAudit(transaction, ctx, { action: "workflow.rolled_out", entityType: "workflow", entityId: row.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", row.id);
  });
  return readWorkflow(ctx, input.id);
}

export const defaultGuard = { enabled: true, minRuns: 20, maxExcess: 5 };

function guardOf(open: { guardEnabled: boolean; guardMinRuns: number; guardMaxExcess: number } | null) {
  if (open === null) return defaultGuard;
  return { enabled: open.guardEnabled, minRuns: open.guardMinRuns, maxExcess: open.guardMaxExcess };
}

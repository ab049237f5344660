import type { TriggerView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockWorkflow } from "./find-workflow.ts";
import type { ResetPollInput } from "./schemas.ts";
import { toTriggerViews } from "./view.ts";

/**
 * Lets a poll trigger begin anew. From now: what the list holds is taken note of and starts nothing. From the beginning: all that
 * the list holds starts a run once more.
 */
export async function resetPoll({ ctx, input }: { ctx: ContextWith<"baseUrl" | "secrets">; input: ResetPollInput }): Promise<TriggerView> {
  authorize(ctx.actor, "workflows:operate");
  return inTransaction(ctx, async (transaction) => {
    const workflow = await lockWorkflow(transaction, ctx, input.id);
    const trigger = await transaction.workflowTrigger.findFirst({
      where: { workflowId: workflow.id, nodeId: input.nodeId, type: "poll", version: workflow.liveVersion ?? -1 },
    });
    if (trigger === null) throw new AppError("not_found", "this step is no poll trigger of the live version");
    const again = input.from === "beginning";
    const fresh = { cursor: null, sweep: null, seeded: again, failures: 0, lastError: null, leasedUntil: null };
    await transaction.pollState.update({
      where: { triggerId: trigger.id },
      // Whoever polls just now has lost its fence, and commits nothing.
      data: { ...fresh, fence: { increment: 1 }, nextPollAt: new Date(ctx.now()) },
    });
    if (again) await transaction.eventDedup.deleteMany({ where: { triggerId: trigger.id } });
    const details = { nodeId: input.nodeId, from: input.from };
    await recordAudit(transaction, ctx, { action: "workflow.poll_reset", entityType: "workflow", entityId: workflow.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", workflow.id);
    const [view] = await toTriggerViews(ctx, transaction, [trigger]);
    if (view === undefined) throw new Error("a trigger has no view");
    return view;
  });
}

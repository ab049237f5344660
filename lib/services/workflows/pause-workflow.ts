import type { WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readWorkflow } from "./read-workflow.ts";
import { setRunning } from "./set-running.ts";

/** Stops new runs; those under way go on. The reason is shown to everybody who wonders. */
export async function pauseWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: { id: string; reason?: string | undefined };
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:operate");
  const reason = input.reason ?? null;
  await setRunning(ctx, input.id, {
    action: "workflow.paused",
    details: { reason },
    running: false,
    columns(row) {
      if (row.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
      if (row.liveVersion === null) throw new AppError("conflict", "nothing of this workflow is live yet");
      return { pausedAt: row.pausedAt ?? new Date(ctx.now()), pausedReason: reason };
    },
  });
  return readWorkflow(ctx, input.id);
}

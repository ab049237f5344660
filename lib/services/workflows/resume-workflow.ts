import type { WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readWorkflow } from "./read-workflow.ts";
import { setRunning } from "./set-running.ts";

/** Lets a paused workflow start runs again. Schedules go on with their next time. */
export async function resumeWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: { id: string };
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:operate");
  await setRunning(ctx, input.id, {
    action: "workflow.resumed",
    running: true,
    columns(row) {
      if (row.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
      return { pausedAt: null, pausedReason: null };
    },
  });
  return readWorkflow(ctx, input.id);
}

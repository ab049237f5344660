import type { WorkflowView } from "#lib/shared/api-types.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readWorkflow } from "./read-workflow.ts";
import { setRunning } from "./set-running.ts";

/** Takes a workflow out of use for good. Its versions, runs and dead letters stay readable. */
export async function archiveWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: { id: string };
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:publish");
  await setRunning(ctx, input.id, {
    action: "workflow.archived",
    running: false,
    columns: (row) => ({ archivedAt: row.archivedAt ?? new Date(ctx.now()) }),
  });
  return readWorkflow(ctx, input.id);
}

import type { WorkflowView } from "#lib/shared/api-types.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readWorkflow } from "./read-workflow.ts";

/** Shows one workflow: its draft with its problems, what is live, and its triggers with their addresses. */
export async function getWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: { id: string };
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:read");
  return readWorkflow(ctx, input.id);
}

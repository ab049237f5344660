import type { DocumentProblem } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import { checkDraft } from "./problems.ts";
import type { ValidateWorkflowInput } from "./schemas.ts";

/** Finds the problems of a document without saving it. */
export async function validateWorkflow({
  ctx,
  input,
}: {
  ctx: Context;
  input: ValidateWorkflowInput;
}): Promise<{ problems: DocumentProblem[] }> {
  authorize(ctx.actor, "workflows:read");
  await findWorkflow(ctx.db.prisma, ctx, input.id);
  const { problems } = await checkDraft(ctx.db.prisma, ctx, input.document);
  return { problems };
}

import { documentSchema, emptyDocument } from "#lib/graph/document.ts";
import { templates } from "#lib/graph/templates/templates.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { ensureSandboxTargets } from "../sandbox-targets/index.ts";
import { inTransaction } from "../transaction.ts";
import { canonicalText } from "./document-text.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { CreateWorkflowInput } from "./schemas.ts";

/** Makes a workflow with a draft: blank, from a template, or from a document. */
export async function createWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: CreateWorkflowInput;
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:write");
  const id = newId();
  const draft = canonicalText(input.document ?? documentOfTemplate(input.templateId) ?? emptyDocument);
  await inTransaction(ctx, async (transaction) => {
    await transaction.workflow.create({ data: { id, workspaceId: ctx.workspaceId, name: input.name, draft } });
    const details = { name: input.name, templateId: input.templateId ?? null };
    await recordAudit(transaction, ctx, { action: "workflow.created", entityType: "workflow", entityId: id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", id);
  });
  // A template talks to the built-in remote; its targets are there from the first run on.
  if (input.templateId !== undefined) await ensureSandboxTargets({ ctx, input: { documentText: draft } });
  return readWorkflow(ctx, id);
}

function documentOfTemplate(templateId: string | undefined): unknown {
  if (templateId === undefined) return undefined;
  const template = templates.find((candidate) => candidate.id === templateId);
  if (template === undefined) {
    throw new AppError("invalid_input", `there is no template ${templateId}`, {
      problems: [{ path: "templateId", message: "unknown template" }],
    });
  }
  return documentSchema.parse(template.document);
}

import type { DraftSaved } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { canonicalText, hashText } from "./document-text.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { checkDraft } from "./problems.ts";
import type { SaveDraftInput } from "./schemas.ts";

/**
 * Saves the draft. `revision` is the one the editor started from: when somebody saved in the meantime nothing is written, and
 * the caller decides. Saving what is saved already is no change.
 */
export async function saveDraft({ ctx, input }: { ctx: Context; input: SaveDraftInput }): Promise<DraftSaved> {
  authorize(ctx.actor, "workflows:write");
  const { document, problems } = await checkDraft(ctx.db.prisma, ctx, input.document);
  const draft = canonicalText(document ?? input.document);
  return inTransaction(ctx, async (transaction) => {
    const before = await lockWorkflow(transaction, ctx, input.id);
    if (before.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
    if (before.draftRevision !== input.revision) {
      throw new AppError(
        "stale_revision",
        `the draft is at revision ${before.draftRevision}, you started from ${input.revision}; reload it`,
      );
    }
    if (before.draft === draft) return { revision: before.draftRevision, savedAt: before.draftUpdatedAt.toISOString(), problems };
    const at = new Date(ctx.now());
    const revision = before.draftRevision + 1;
    await transaction.workflow.update({
      where: { id: before.id },
      data: { draft, draftRevision: revision, draftUpdatedAt: at, updatedAt: at },
    });
    const details = { revision, hash: hashText(draft) };
    await recordAudit(transaction, ctx, { action: "workflow.draft_saved", entityType: "workflow", entityId: before.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", before.id);
    return { revision, savedAt: at.toISOString(), problems };
  });
}

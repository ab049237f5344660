import type { Published } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { actorName, recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { readJson } from "../json-column.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction, type Transaction } from "../transaction.ts";
import { canonicalText } from "./document-text.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { makeLive } from "./make-live.ts";
import { checkDraft, isBlocking } from "./problems.ts";
import { putDocument } from "./put-document.ts";
import { defaultGuard } from "./roll-out-workflow.ts";
import { endRollout, putRollout } from "./rollouts.ts";
import type { PublishWorkflowInput } from "./schemas.ts";
import { toTriggerViews } from "./view.ts";

/** Freezes the draft as the next version and makes it live, or gives it a share of the new events. Refused, with all problems, when something is wrong with it. */
export async function publishWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: PublishWorkflowInput;
}): Promise<Published> {
  authorize(ctx.actor, "workflows:publish");
  return inTransaction(ctx, async (transaction) => {
    const row = await lockWorkflow(transaction, ctx, input.id);
    if (row.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
    if (input.revision !== undefined && input.revision !== row.draftRevision) {
      throw new AppError("stale_revision", `the draft is at revision ${row.draftRevision}, you looked at ${input.revision}; reload it`);
    }
    const { document, problems } = await checkDraft(transaction, ctx, readJson(row.draft));
    const blocking = problems.filter(isBlocking);
    if (document === null || blocking.length > 0) {
      throw new AppError("not_publishable", `the draft has ${blocking.length} problem${blocking.length === 1 ? "" : "s"}`, {
        problems: blocking,
      });
    }
    const documentId = await putDocument(transaction, ctx, row.id, document);
    const last = await transaction.workflowVersion.aggregate({ where: { workflowId: row.id }, _max: { version: true } });
    const version = (last._max.version ?? 0) + 1;
    const publishedBy = ctx.actor.type === "user" ? ctx.actor.email : actorName(ctx.actor);
    await transaction.workflowVersion.create({
      data: { workflowId: row.id, version, workspaceId: ctx.workspaceId, documentId, note: input.note, publishedBy },
    });
    // The draft's text becomes the document's, so that the two compare as equal until the draft changes.
    const data = { draft: canonicalText(document), updatedAt: new Date(ctx.now()) };
    await transaction.workflow.update({ where: { id: row.id }, data });
    await release(transaction, ctx, { row, version, documentId, rollout: input.rollout });
    const details = { version, note: input.note, percent: input.rollout?.percent ?? 100 };
    await recordAudit(transaction, ctx, { action: "workflow.published", entityType: "workflow", entityId: row.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", row.id);
    const live = input.rollout === undefined ? version : (row.liveVersion ?? version);
    const triggers = await transaction.workflowTrigger.findMany({
      where: { workflowId: row.id, version: live },
      orderBy: { createdAt: "asc" },
    });
    return { version, triggers: await toTriggerViews(ctx, transaction, triggers) };
  });
}

interface Release {
  row: { id: string; pausedAt: Date | null; liveVersion: number | null };
  version: number;
  documentId: string;
  rollout: PublishWorkflowInput["rollout"];
}

async function release(
  transaction: Transaction,
  ctx: ContextWith<"secrets">,
  { row, version, documentId, rollout }: Release,
): Promise<void> {
  if (rollout === undefined) {
    await makeLive(transaction, ctx, row, version);
    await endRollout(transaction, ctx, row.id, { state: "aborted", reason: `version ${version} was published` });
    return;
  }
  if (row.liveVersion === null) {
    const message = "there is no live version to try this one beside; publish it to all events";
    throw new AppError("invalid_input", message, { problems: [{ path: "rollout.percent", message }] });
  }
  const guard = rollout.guard ?? defaultGuard;
  const share = { baselineVersion: row.liveVersion, percent: rollout.percent, paused: false, reason: null, guard };
  await putRollout(transaction, ctx, { workflowId: row.id, version, documentId, ...share });
}

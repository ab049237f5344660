import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { log } from "../issues/change-issue.ts";
import { authorize } from "../permissions.ts";
import { requireFrozenInput } from "../runs/frozen-input.ts";
import { startReplay } from "../runs/replay-run.ts";
import { findLetter } from "./find-letter.ts";
import type { RedriveInput } from "./schemas.ts";

/**
 * Goes on with the same run from the failed step; or, from elsewhere or on another version, makes a new run of its data, whose
 * success settles the item.
 */
export async function redriveDeadLetter({ ctx, input }: { ctx: Context; input: RedriveInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  const { from, version, keys, note } = input;
  const letter = await findLetter(ctx, input.id);
  commands.refuseUnknown(letter.kind);
  const after = { status: "redriving", from, version, keys, edited: input.input !== undefined, ...(note ? { note } : {}) };
  const details = { before: { status: "open", runId: letter.runId }, after };
  const audit = auditRow(ctx, { action: "dead_letter.redriven", entityType: "dead_letter", entityId: input.id, details });
  if (from !== "failed" || version !== "same") {
    // Of several failed steps of the run this item is one.
    const start = from === "failed" ? letter.nodeId : from;
    const replay = { id: letter.runId, from: start, version, keys, input: input.input };
    const record = async (client: pg.ClientBase, runId: string) => {
      const edited = input.input !== undefined;
      const told = { deadLetterId: input.id, runId, edited, keys, ...(note ? { reason: note } : {}) };
      await log(client, ctx, letter.issueId, "redriven", told);
      await putAuditRow(client, audit);
    };
    return { runId: await startReplay(ctx, replay, { id: input.id, record }) };
  }
  if (input.input !== undefined && letter.node !== null) await requireFrozenInput(letter.node, input.input);
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const redrive = {
    workspaceId: ctx.workspaceId,
    deadLetterId: input.id,
    input: input.input,
    newKeys: keys === "new",
    note,
    by,
    actorType,
    audit,
  };
  return commands.redriveDeadLetter(ctx.db.pool, redrive);
}

import { moveRuns } from "#lib/engine/ledger/move-runs.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { RunMoveOutcome } from "#lib/shared/run-ties.ts";
import { actorColumns } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { MoveRunInput } from "./schemas.ts";

/**
 * Lets a run that waits go on by another version, or with `dryRun` tells whether it could. Throws `not_found`, or `conflict` with
 * the reasons when it cannot be shown to be safe.
 */
export async function moveRun({ ctx, input }: { ctx: Context; input: MoveRunInput }): Promise<RunMoveOutcome> {
  authorize(ctx.actor, "runs:write");
  const { id, version, dryRun } = input;
  const by = { ...actorColumns(ctx.actor), requestId: ctx.requestId };
  return inTransaction(ctx.db.pool, async (client) => {
    const [outcome] = await moveRuns(client, { workspaceId: ctx.workspaceId, runIds: [id], version, by, dryRun });
    if (outcome === undefined) throw new AppError("not_found", "there is no such run");
    if (outcome.moved || dryRun) return outcome;
    const reasons = outcome.obstacles.map(({ message }) => message);
    throw new AppError("conflict", reasons.join("; "), {
      problems: outcome.obstacles.map(({ nodeId, message }) => ({ path: "version", message, ...(nodeId === null ? {} : { nodeId }) })),
    });
  });
}

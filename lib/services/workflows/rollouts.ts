import { readVersionFigures } from "#lib/engine/ledger/version-figures.ts";
import { compareVersions } from "#lib/policies/rollout.ts";
import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import { newId } from "#lib/shared/ids.ts";
import { actorName } from "../audit.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";

/** How a rollout may end, always by a person. */
export type RolloutEnd = { state: "promoted" | "aborted"; reason: string | null };

export interface RolloutDraft {
  workflowId: string;
  version: number;
  documentId: string;
  baselineVersion: number;
  percent: number;
  paused: boolean;
  /** Why it is paused; what the guard said of an earlier pause is settled by whoever decides anew. */
  reason: string | null;
  guard: { enabled: boolean; minRuns: number; maxExcess: number };
}

type RolloutRow = NonNullable<Awaited<ReturnType<typeof findOpenRollout>>>;

/** The rollout under way, if there is one. */
export function findOpenRollout(client: Transaction, workflowId: string) {
  return client.workflowRollout.findFirst({ where: { workflowId, endedAt: null } });
}

/** Ends the rollout under way; false when there was none. */
export async function endRollout(transaction: Transaction, ctx: Context, workflowId: string, end: RolloutEnd): Promise<boolean> {
  const { count } = await transaction.workflowRollout.updateMany({
    where: { workflowId, endedAt: null },
    data: { state: end.state, reason: end.reason, endedAt: new Date(ctx.now()) },
  });
  return count > 0;
}

/** Begins a rollout, or changes the share of the one under way for the same version. Another one gives way to it. */
export async function putRollout(transaction: Transaction, ctx: Context, draft: RolloutDraft): Promise<void> {
  const columns = {
    percent: draft.percent,
    state: draft.paused ? "paused" : "ramping",
    reason: draft.reason,
    guardEnabled: draft.guard.enabled,
    guardMinRuns: draft.guard.minRuns,
    guardMaxExcess: draft.guard.maxExcess,
  };
  const open = await findOpenRollout(transaction, draft.workflowId);
  if (open !== null && open.version === draft.version && open.baselineVersion === draft.baselineVersion) {
    await transaction.workflowRollout.update({ where: { id: open.id }, data: columns });
    return;
  }
  await endRollout(transaction, ctx, draft.workflowId, { state: "aborted", reason: `version ${draft.version} is rolled out instead` });
  const { workflowId, version, documentId, baselineVersion } = draft;
  await transaction.workflowRollout.create({
    data: {
      ...{ id: newId(), workspaceId: ctx.workspaceId, workflowId, version, documentId, baselineVersion },
      ...columns,
      startedBy: ctx.actor.type === "user" ? ctx.actor.email : actorName(ctx.actor),
      startedAt: new Date(ctx.now()),
    },
  });
}

/** A rollout as people see it, with both versions side by side. */
export async function toRolloutView(ctx: Context, row: RolloutRow): Promise<RolloutView> {
  const { live, canary } = await readVersionFigures(ctx.db.pool, {
    workflowId: row.workflowId,
    live: row.baselineVersion,
    canary: row.version,
    since: row.startedAt,
  });
  const guard = { enabled: row.guardEnabled, minRuns: row.guardMinRuns, maxExcess: row.guardMaxExcess };
  return {
    version: row.version,
    baselineVersion: row.baselineVersion,
    percent: row.percent,
    state: row.state as RolloutView["state"], // safe: a CHECK of the table names these
    guard,
    reason: row.reason,
    startedBy: row.startedBy,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    runs: { live: live.ended, canary: canary.ended },
    comparison: compareVersions(live, canary, guard),
  };
}

/** What lists and the editor's header tell of a rollout. */
export function toRolloutSummary(row: { version: number; percent: number; state: string; reason: string | null } | null | undefined) {
  return row ? { version: row.version, percent: row.percent, paused: row.state === "paused", reason: row.reason } : null;
}

import type { RunBatchPlan } from "#lib/shared/run-batch-types.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { selectRunIds } from "../runs/select-run-ids.ts";
import { obstacleSql } from "./eligible.ts";
import type { PlanRunBatchInput } from "./schemas.ts";

/** More would make every look at the progress slow. */
export const maxItems = 100_000;

interface GroupRow {
  workflow_id: string;
  workflow_name: string;
  obstacle: string | null;
  runs: number;
  oldest: Date;
  newest: Date;
}

const groupRuns = `
  SELECT r.workflow_id, w.name AS workflow_name, ${obstacleSql} AS obstacle, count(*)::int AS runs, min(r.created_at) AS oldest, max(r.created_at) AS newest
  FROM run r JOIN workflow w ON w.id = r.workflow_id WHERE r.id = ANY ($3::uuid[]) AND r.workspace_id = $4 GROUP BY 1, 2, 3`;

const sum = (groups: readonly GroupRow[]) => groups.reduce((total, group) => total + group.runs, 0);

const earliest = (groups: readonly GroupRow[]) => groups.map(({ oldest }) => oldest.toISOString()).toSorted()[0] ?? null;
const latest = (groups: readonly GroupRow[]) =>
  groups
    .map(({ newest }) => newest.toISOString())
    .toSorted()
    .at(-1) ?? null;

/** Tells what a bulk replay or cancel would do, without doing it: how many runs, of which workflows, which it passes over and why. */
export async function planRunBatch({ ctx, input }: { ctx: Context; input: PlanRunBatchInput }): Promise<RunBatchPlan> {
  authorize(ctx.actor, "runs:read");
  const { action, version, selection, ratePerSecond, order } = input;
  const found = await selectRunIds(ctx, selection, maxItems + 1);
  const values = [action, version, found.slice(0, maxItems), ctx.workspaceId];
  const groups = await listQuery<GroupRow>(ctx, groupRuns, values);
  const free = groups.filter((group) => group.obstacle === null);
  const eligible = sum(free);
  return {
    total: sum(groups),
    complete: found.length <= maxItems,
    eligible,
    order,
    oldestAt: earliest(free),
    newestAt: latest(free),
    estimatedMs: Math.round(Math.max(0, eligible - 1) * (1_000 / ratePerSecond)),
    workflows: free
      .map((group) => ({ workflowId: group.workflow_id, workflowName: group.workflow_name, runs: group.runs }))
      .toSorted((a, b) => b.runs - a.runs),
    obstacles: [...Map.groupBy(groups, (group) => group.obstacle)].flatMap(([reason, rows]) =>
      reason === null ? [] : [{ reason, runs: sum(rows) }],
    ),
  };
}

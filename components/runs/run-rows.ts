import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";

/** A line of the timeline: a step, or all steps of one node inside a loop. */
export type RunRow =
  | { kind: "step"; step: StepSummary }
  | { kind: "loop"; nodeId: string; name: string; steps: StepSummary[]; counts: { status: StepStatus; count: number }[]; total: number };

/** The steps in their order; those of a node inside a loop stand together where the first of them stands. */
export function rowsOf(run: Pick<RunView, "steps" | "iterations">): RunRow[] {
  const looped = new Set(run.iterations.map(({ nodeId }) => nodeId));
  const rows: RunRow[] = [];
  const groups = new Map<string, Extract<RunRow, { kind: "loop" }>>();
  for (const step of run.steps) {
    if (step.iteration === "" || !looped.has(step.nodeId)) {
      rows.push({ kind: "step", step });
      continue;
    }
    const known = groups.get(step.nodeId);
    if (known) {
      known.steps.push(step);
      continue;
    }
    const counts = run.iterations.filter(({ nodeId }) => nodeId === step.nodeId).map(({ status, count }) => ({ status, count }));
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const group = { kind: "loop" as const, nodeId: step.nodeId, name: step.name, steps: [step], counts, total };
    groups.set(step.nodeId, group);
    rows.push(group);
  }
  return rows;
}

/** The ids that arrow keys go through: what is folded away is passed over. */
export function visibleIds(rows: readonly RunRow[], open: ReadonlySet<string>): string[] {
  return rows.flatMap((row) => {
    if (row.kind === "step") return [row.step.id];
    return open.has(row.nodeId) ? row.steps.map((step) => step.id) : [];
  });
}

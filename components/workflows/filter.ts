import type { WorkflowState, WorkflowSummary } from "#lib/shared/api-types.ts";

export const sorts = ["name", "last-run", "failures", "updated"] as const;
export type WorkflowSort = (typeof sorts)[number];

export interface WorkflowFilter {
  q: string;
  state: WorkflowState | null;
  sort: WorkflowSort;
}

const orders: Record<WorkflowSort, (a: WorkflowSummary, b: WorkflowSummary) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  "last-run": (a, b) => (b.lastRun?.at ?? "").localeCompare(a.lastRun?.at ?? ""),
  failures: (a, b) => b.openDeadLetters - a.openDeadLetters || b.runs24h.failed - a.runs24h.failed,
  updated: (a, b) => b.updatedAt.localeCompare(a.updatedAt),
};

/** The workflows to show. Archived ones only when asked for. */
export function filterWorkflows(all: readonly WorkflowSummary[], filter: WorkflowFilter): WorkflowSummary[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .filter((workflow) => (filter.state ? workflow.state === filter.state : workflow.state !== "archived"))
    .filter((workflow) => {
      const text = `${workflow.name} ${workflow.trigger} ${workflow.id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => orders[filter.sort](a, b) || a.name.localeCompare(b.name));
}

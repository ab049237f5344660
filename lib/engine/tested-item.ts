import { rulesOf } from "./loop-scope.ts";
import type { LoopRules } from "./loop-state.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";

/** The one item of a loop that a test goes through; null for all of them. Live runs have no such, whatever their document holds. */
export function testedItem(session: RunSession, nodeId: string): number | null {
  const items = session.run.mode === "test" ? session.plan.compiled.document.testing?.items : undefined;
  return items !== undefined && Object.hasOwn(items, nodeId) ? (items[nodeId] ?? null) : null;
}

/** How a loop of this run is to be gone through. The one item of a test keeps its place in the list; with batches, its batch is run. */
export function rulesFor(session: RunSession, plan: NodePlan, count: number): LoopRules {
  const rules = rulesOf(plan, count);
  const only = testedItem(session, plan.node.id);
  if (only === null) return rules;
  const first = only - (only % rules.batchSize);
  return { ...rules, first, count: Math.min(first + rules.batchSize, count) };
}

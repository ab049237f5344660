import type { LoopBody } from "#lib/graph/bodies.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { type LoopRules, parseUnit, type Unit } from "./loop-state.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepRef, StepState } from "./run-state.ts";

/** The loop a step is in, and which of its units. */
export interface Surroundings {
  plan: NodePlan;
  body: LoopBody;
  loop: StepState;
  unit: Unit;
}

/** Null for a step outside of all loops. */
export function surroundingsOf(session: RunSession, step: StepRef): Surroundings | null {
  if (step.iteration === "") return null;
  const { compiled } = session.plan;
  const loopId = compiled.loopOf.get(step.nodeId);
  const body = loopId === undefined ? undefined : compiled.bodies.get(loopId);
  const { outer, unit } = splitIteration(step.iteration);
  const loop = loopId === undefined ? undefined : session.stepOf({ nodeId: loopId, iteration: outer });
  return loop && body && unit ? { plan: session.nodePlan(loop.nodeId), body, loop, unit } : null;
}

export function splitIteration(iteration: string): { outer: string; unit: Unit | null } {
  const at = iteration.lastIndexOf("/");
  return { outer: iteration.slice(0, Math.max(0, at)), unit: parseUnit(iteration.slice(at + 1)) };
}

/** How a loop is to be run: its settings, with the number of its items. Safe: the config was parsed by the for-each schema. */
export function rulesOf(plan: NodePlan, count: number): LoopRules {
  const { batchSize, concurrency, tolerate } = plan.config as unknown as Pick<LoopRules, "batchSize" | "concurrency" | "tolerate">;
  return { count, batchSize, concurrency, tolerate };
}

export function itemsOfLoop(loop: StepState): JsonValue[] {
  const items = isJsonObject(loop.input?.value) ? loop.input.value.items : null;
  return Array.isArray(items) ? items : [];
}

/** What expressions see as `item`: one item, or in a loop of batches a list, also for a batch of one. */
export function itemOf(plan: NodePlan, loop: StepState, unit: Unit): JsonValue {
  const items = itemsOfLoop(loop);
  if (rulesOf(plan, items.length).batchSize > 1) return items.slice(unit.from, unit.to + 1);
  return items[unit.from] ?? null;
}

/** What each item of a unit came to, by the author's `results`; null when they are not told apart. Throws ExpressionError. */
export function entriesOf(session: RunSession, { plan, loop, unit }: Omit<Surroundings, "body">, output: JsonValue): JsonValue | null {
  const { results } = plan.config;
  if (typeof results !== "string") return null;
  const extra: JsonObject = { output, item: itemOf(plan, loop, unit) };
  return session.evaluate(loop, {}).cel(results, extra);
}

/** What is wrong with a list of results; null when every item of the unit has its own. */
export function entriesProblem(entries: JsonValue, unit: Unit): string | null {
  const size = unit.to - unit.from + 1;
  if (!Array.isArray(entries)) return "it is not a list";
  if (entries.length !== size) return `it has ${entries.length} entries for ${size} items`;
  const wrong = entries.findIndex((entry) => !isJsonObject(entry) || typeof entry.ok !== "boolean");
  return wrong < 0 ? null : `its entry ${wrong} does not say ok: true or false`;
}

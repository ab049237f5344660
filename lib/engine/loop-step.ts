import { NodeError } from "#lib/nodes/runner.ts";
import { mayRepeat } from "#lib/policies/recovery.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { iterationInside, stepKey } from "#lib/shared/iteration.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { SettledIteration } from "./decide.ts";
import { toFailure } from "./failure.ts";
import type { LoopRows } from "./ledger/loop-reader.ts";
import { outputOf, progressOf, type UnitResult } from "./loop-output.ts";
import { entriesOf, entriesProblem, itemOf, splitIteration } from "./loop-scope.ts";
import {
  decideLoop,
  ended,
  failedCount,
  type LoopState,
  newLoop,
  parseUnit,
  repaced,
  started,
  type Unit,
  type UnitOutcome,
  unitName,
} from "./loop-state.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { askPerson, endFailed, succeedStep, waitStep } from "./settle-step.ts";
import { storedValue } from "./stored-value.ts";
import { rulesFor, testedItem } from "./tested-item.ts";

/** Starts going through the items of a for-each. Its step waits until the last of them has ended. */
export async function openLoop(session: RunSession, plan: NodePlan, loop: StepState, count: number): Promise<void> {
  const only = testedItem(session, loop.nodeId);
  if (only !== null && only >= count)
    throw new NodeError("validation", "item_missing", `the list has ${count} items, so there is no item ${only} to test with`);
  session.loops.set(stepKey(loop.nodeId, loop.iteration), newLoop(rulesFor(session, plan, count)));
  await advanceLoop(session, loop);
}

/** Takes in the iterations in which nothing is left to do, and starts the next ones. */
export async function settleIterations(session: RunSession, settled: readonly SettledIteration[]): Promise<void> {
  const moved = new Set<StepState>();
  for (const { loop: ref, unit: name } of settled) {
    const loop = session.stepOf(ref);
    const key = stepKey(ref.nodeId, ref.iteration);
    const state = session.loops.get(key);
    const unit = parseUnit(name);
    if (!loop || !state || !unit) continue;
    const iteration = iterationInside(loop.iteration, name);
    const outcome = outcomeOf(session, loop, unit, session.stepsIn(iteration));
    session.loops.set(key, ended(state, unit, outcome));
    session.leaveIteration(iteration);
    await failpoint(outcome.kind === "refused" ? "batch-halved" : "item-ended", session.run.id);
    moved.add(loop);
  }
  for (const loop of moved) await advanceLoop(session, loop);
}

/** Starts what may start, and ends the loop when nothing is left. Its progress is stored with it. */
export async function advanceLoop(session: RunSession, loop: StepState): Promise<void> {
  const key = stepKey(loop.nodeId, loop.iteration);
  const before = session.loops.get(key);
  if (!before) return;
  const { start, end } = decideLoop(before);
  // Whoever has tolerated more meanwhile is not to be told that it was too late.
  if (end === "exceeded" && (await takePaces(session)).includes(loop)) return advanceLoop(session, loop);
  const state = started(before, start);
  session.loops.set(key, state);
  for (const unit of start) enterUnit(session, loop, unit);
  if (end !== null) return end === "done" ? await endDone(session, loop, state) : endExceeded(session, loop, state);
  loop.output = storedValue(progressOf(state));
  waitStep(session, loop, "child", null);
}

/** Goes on with the loops under way as a person wants them to, from now on. */
export async function repaceLoops(session: RunSession): Promise<void> {
  if (session.loops.size === 0) return;
  for (const loop of await takePaces(session)) await advanceLoop(session, loop);
}

/** The loops that go at another pace than they did. */
async function takePaces(session: RunSession): Promise<StepState[]> {
  const moved: StepState[] = [];
  for (const { nodeId, iteration, pace } of await session.guard(session.ports.loops.paces(session.run.id))) {
    const loop = session.stepOf({ nodeId, iteration });
    const key = stepKey(nodeId, iteration);
    const state = session.loops.get(key);
    const changed = state && repaced(state, pace);
    if (!loop || !changed) continue;
    session.loops.set(key, changed);
    moved.push(loop);
  }
  return moved;
}

/** Makes an item visible to the steps of its iteration. */
export function enterUnit(session: RunSession, loop: StepState, unit: Unit): void {
  const item = itemOf(session.nodePlan(loop.nodeId), loop, unit);
  session.enterIteration(loop, iterationInside(loop.iteration, unitName(unit)), { item, index: unit.from });
}

function outcomeOf(session: RunSession, loop: StepState, unit: Unit, steps: StepState[]): UnitOutcome {
  const failed = steps.filter((step) => step.status === "failed");
  const divided = failed.filter((step) => step.error?.divided);
  if (failed.length === 0) return passed(session, loop, unit, steps);
  if (divided.length === failed.length && steps.every((step) => !wasApplied(step))) return { kind: "refused" };
  // Something of the batch was done for good, so its halves cannot be tried: a person has to look at it after all.
  for (const step of divided) {
    const { divided: _, ...failure } = step.error ?? toFailure(new NodeError("code", "unknown", "the step failed"));
    step.error = failure;
    session.touch(step);
    askPerson(session, step, "permanent", failure);
  }
  return { kind: "failed" };
}

/** Whether a step did what would be done twice if it were run again under another key. */
function wasApplied(step: StepState): boolean {
  return step.status !== "failed" && step.status !== "skipped" && (step.effect === "keyed" || !mayRepeat(step.effect));
}

/** An iteration without failure; of a batch, some items may have been rejected all the same. */
function passed(session: RunSession, loop: StepState, unit: Unit, steps: StepState[]): UnitOutcome {
  if (unit.from === unit.to) return { kind: "succeeded" };
  const plan = session.nodePlan(loop.nodeId);
  const [last] = session.plan.compiled.bodies.get(loop.nodeId)?.last ?? [];
  const step = steps.find(({ nodeId }) => nodeId === last);
  // What its author chose to go on without has no results to look at.
  if (!step?.output || step.error !== null) return { kind: "succeeded" };
  const entries = entriesOf(session, { plan, loop, unit }, step.output.value);
  const items = rejectedIn(entries, unit);
  return items.length === 0 ? { kind: "succeeded" } : { kind: "rejected", items };
}

function rejectedIn(entries: JsonValue, { from }: Unit): number[] {
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry, offset) => (isJsonObject(entry) && entry.ok === false ? [from + offset] : []));
}

async function endDone(session: RunSession, loop: StepState, state: LoopState): Promise<void> {
  const plan = session.nodePlan(loop.nodeId);
  const rows: LoopRows = state.rules.count === 0 ? { passed: [], errors: [] } : await readRows(session, loop);
  session.loops.delete(stepKey(loop.nodeId, loop.iteration));
  if (failedCount(state) > 0) session.run.partial = true;
  const errors = unitsOf(rows.errors.filter(({ error }) => !error.divided));
  succeedStep(session, plan, loop, { port: "done", output: outputOf(state, resultsOf(session, loop, rows), errors) }, null);
}

/** All of the iterations is on disk by then; what this worker did not run itself is read with the rest. */
async function readRows(session: RunSession, loop: StepState): Promise<LoopRows> {
  await session.commit();
  const { own, last } = session.plan.compiled.bodies.get(loop.nodeId) ?? { own: [], last: [] };
  return session.guard(session.ports.loops.read({ runId: session.run.id, outer: loop.iteration, nodeIds: own, lastIds: last }));
}

function unitsOf<T extends { iteration: string }>(rows: T[]): (T & { unit: Unit })[] {
  return rows.flatMap((row) => {
    const { unit } = splitIteration(row.iteration);
    return unit ? [{ ...row, unit }] : [];
  });
}

/** The output of an iteration is that of the one step that came last, or one field for each of several. */
function resultsOf(session: RunSession, loop: StepState, { passed, errors }: LoopRows): UnitResult[] | null {
  if (passed === null) return null;
  const plan = session.nodePlan(loop.nodeId);
  const failed = new Set(errors.map(({ iteration }) => iteration));
  const byIteration = new Map<string, { unit: Unit; outputs: Map<string, JsonValue>; wentOn: boolean }>();
  for (const row of unitsOf(passed)) {
    if (failed.has(row.iteration)) continue;
    const edges = session.plan.compiled.outgoing.get(row.nodeId) ?? [];
    if (edges.some((edge) => edge.sourcePort === row.port)) continue; // something came after it
    const entry = byIteration.get(row.iteration) ?? { unit: row.unit, outputs: new Map(), wentOn: false };
    entry.outputs.set(row.nodeId, row.output);
    entry.wentOn ||= row.wentOn;
    byIteration.set(row.iteration, entry);
  }
  return [...byIteration.values()].map(({ unit, outputs, wentOn }) => {
    const [only = null] = outputs.size === 1 ? outputs.values() : [Object.fromEntries(outputs)];
    const entries = wentOn ? null : entriesOf(session, { plan, loop, unit }, only);
    return { unit, output: only, entries: Array.isArray(entries) && entriesProblem(entries, unit) === null ? entries : null };
  });
}

/** The items that failed have their dead letters already; the loop itself asks nobody. */
function endExceeded(session: RunSession, loop: StepState, state: LoopState): void {
  const { tolerate, count } = state.rules;
  const failed = failedCount(state);
  const limits = [
    ...(tolerate.count === undefined ? [] : [`${tolerate.count} ${tolerate.count === 1 ? "item" : "items"}`]),
    ...(tolerate.percent === undefined ? [] : [`${tolerate.percent} %`]),
  ];
  const allowed = limits.length === 0 ? "none is tolerated" : `at most ${limits.join(" and ")} may fail`;
  session.loops.delete(stepKey(loop.nodeId, loop.iteration));
  loop.output = storedValue(progressOf(state));
  endFailed(session, loop, {
    class: "permanent",
    code: "tolerance_exceeded",
    message: `${failed} of ${count} items failed; ${allowed}`,
    details: { failed, total: count, tolerate: { count: tolerate.count ?? null, percent: tolerate.percent ?? null } },
  });
}

import { iterationInside, stepKey } from "#lib/shared/iteration.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";
import { toStep } from "./ledger/claim.ts";
import type { TouchedIteration } from "./ledger/loop-reader.ts";
import { stateFrom } from "./loop-output.ts";
import { itemsOfLoop } from "./loop-scope.ts";
import { isFailedUnit, type LoopState, parseUnit, reopened } from "./loop-state.ts";
import { enterUnit } from "./loop-step.ts";
import { recoverStep } from "./recover-step.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { waitStep } from "./settle-step.ts";
import { rulesFor } from "./tested-item.ts";

/**
 * Takes up the loops of a claimed run where they stood. A claim brings the steps outside of loops; of the iterations only
 * those under way are read, level by level: what has ended is told by the progress of its loop, however much it is.
 * A command of a person may have put a step of an ended iteration back to its start: that iteration is taken up again, and
 * with it the loops around it.
 */
export async function resumeLoops(session: RunSession): Promise<void> {
  let loops = loopsAmong(session, session.steps.values());
  if (loops.length === 0) return;
  const touched = session.run.redriveCount === 0 ? [] : await session.guard(session.ports.loops.touched(session.run.id));
  while (loops.length > 0) {
    const iterations = loops.flatMap((loop) => resumeLoop(session, loop, touched));
    if (iterations.length === 0) return;
    // Read outside of the guard: a row that cannot be read is a fault of the run, not an absence of the database.
    const found = (await session.guard(session.ports.loops.steps(session.run.id, iterations))).map(toStep);
    for (const { step } of found) session.addStep(step);
    for (const { cutOff } of found) if (cutOff) recoverStep(session, cutOff);
    loops = loopsAmong(
      session,
      found.map(({ step }) => step),
    );
  }
}

function loopsAmong(session: RunSession, steps: Iterable<StepState>): StepState[] {
  return [...steps].filter((step) => session.plan.compiled.bodies.has(step.nodeId) && step.output !== null);
}

/** The iterations of a loop that are under way, or are taken up again. */
function resumeLoop(session: RunSession, loop: StepState, touched: readonly TouchedIteration[]): string[] {
  const plan = session.nodePlan(loop.nodeId);
  const stored = stateFrom(rulesFor(session, plan, itemsOfLoop(loop).length), loop.output?.value ?? null);
  if (!stored) return [];
  const state = touched.reduce((current, one) => takenUp(current, loop, one), stored);
  if (isFinalStep(loop.status) && state === stored) return [];
  if (isFinalStep(loop.status)) reopenLoop(session, loop);
  session.loops.set(stepKey(loop.nodeId, loop.iteration), state);
  for (const unit of state.active.values()) enterUnit(session, loop, unit);
  return [...state.active.keys()].map((name) => iterationInside(loop.iteration, name));
}

/** What is being redriven is taken up whatever its iteration came to; what a person decided, while it counts as failed. */
function takenUp(state: LoopState, loop: StepState, { iteration, isRedriven }: TouchedIteration): LoopState {
  const prefix = loop.iteration === "" ? "" : `${loop.iteration}/`;
  if (!iteration.startsWith(prefix)) return state;
  const [name = ""] = iteration.slice(prefix.length).split("/");
  const unit = parseUnit(name);
  if (!unit || state.active.has(name) || unit.to >= state.next) return state;
  return isRedriven || isFailedUnit(state, unit) ? reopened(state, unit) : state;
}

function reopenLoop(session: RunSession, loop: StepState): void {
  loop.port = null;
  loop.error = null;
  loop.finishedAtMs = null;
  waitStep(session, loop, "child", null);
}

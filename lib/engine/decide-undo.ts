import { undoIteration } from "#lib/shared/iteration.ts";
import type { StepState } from "./run-state.ts";

/** What the undoing of a run does next. One thing at a time: the order is the promise. */
export type UndoDecision =
  /** The action was applied, and its compensation has not begun. */
  | { next: "undo"; action: StepState }
  /** A compensation that is due. */
  | { next: "resume"; step: StepState }
  /** Whether the action was applied is open: find out first. */
  | { next: "settle"; action: StepState }
  | { next: "wait"; untilMs: number | null }
  /** All is undone, or a person has to do something first. */
  | { next: "end" };

/**
 * Decides how a run that ended without success is undone (engine.md 1.3, compensation): its actions in the reverse order in
 * which they were sent, each only when the one after it is undone. What was never applied is left out. `asked` are actions of
 * which a person was just asked whether they were applied.
 */
export function decideUndo({ steps, asked, now }: { steps: readonly StepState[]; asked: ReadonlySet<string>; now: number }): UndoDecision {
  const undone = new Map(steps.map((step) => [`${step.nodeId} ${step.iteration}`, step]));
  const actions = steps.filter((step) => step.undoSeq !== null).sort((a, b) => (b.undoSeq ?? 0) - (a.undoSeq ?? 0));
  for (const action of actions) {
    const undo = undone.get(`${action.nodeId} ${undoIteration(action.iteration)}`);
    const next = undo ? after(undo, now) : before(action, asked, now);
    if (next !== null) return next;
  }
  return { next: "end" };
}

/** Null: this one is done with. */
function after(undo: StepState, now: number): UndoDecision | null {
  switch (undo.status) {
    case "succeeded":
    case "deduplicated":
    case "skipped":
      return null;
    case "failed":
      return { next: "end" };
    case "waiting":
      return undo.wakeAtMs !== null && undo.wakeAtMs <= now ? { next: "resume", step: undo } : { next: "wait", untilMs: undo.wakeAtMs };
    case "pending":
    case "running":
      return { next: "resume", step: undo };
  }
}

function before(action: StepState, asked: ReadonlySet<string>, now: number): UndoDecision | null {
  if (action.unsettled !== null) {
    if (action.deadLetterId !== null || asked.has(action.id)) return { next: "end" };
    const later = action.status === "waiting" && action.wakeAtMs !== null && action.wakeAtMs > now;
    return later ? { next: "wait", untilMs: action.wakeAtMs } : { next: "settle", action };
  }
  return wasApplied(action) ? { next: "undo", action } : null;
}

/** A step that went on without its result has an error besides its output; one whose answer was refused by its check was applied. */
function wasApplied(action: StepState): boolean {
  if (action.error?.class === "output_invalid") return true;
  return action.status === "succeeded" && action.error === null;
}

import type { JsonValue } from "#lib/shared/json.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { storedValue } from "./stored-value.ts";

/**
 * Part of a step is done: what it gave is kept as the step's output until the whole is there, and the step runs again, through
 * all its policies. It is stored whenever the run is: when the step has to wait or fails, which is when it matters; after a
 * crash a part may be read once more. Attempts count anew, for each part is a call of its own.
 */
export function keepProgress(session: RunSession, step: StepState, progress: JsonValue): void {
  step.output = storedValue(progress);
  step.status = "pending";
  step.error = null;
  step.attemptsBase = step.attempts;
  step.throttledAttempts = 0;
  session.touch(step);
}

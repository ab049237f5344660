import { abandonKey } from "./idempotency.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { leaveQueue } from "./throttle-step.ts";

/** A step that still waited when its run ended gives up its place under a limit, and its key. */
export async function letGo(session: RunSession, step: StepState): Promise<void> {
  if (step.waitReason === "throttle") await leaveQueue(session, step);
  if (step.waitReason === "approval") session.unask(step);
  if (step.status === "waiting" || step.status === "pending") abandonKey(session, session.planOf(step), step, "ended");
}

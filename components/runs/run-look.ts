import { lookOfRun, lookOfStep, type StatusLook } from "#components/ui/status.ts";
import type { RunView } from "#lib/shared/api-types.ts";

/** A run that waits looks like what it waits for. */
export function lookOf(run: RunView): StatusLook {
  const waiting = run.status === "waiting" ? run.steps.find((step) => step.status === "waiting") : undefined;
  return waiting ? lookOfStep(waiting) : lookOfRun(run);
}

import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { RunEnd } from "./run-state.ts";

/** What is to be forgotten of a run that has ended: all bodies, or those of its attempts; null: nothing. */
export type Forget = "bodies" | "attempts" | null;

/**
 * What the workflow's `settings.history` leaves of a run. Inputs and outputs of a failed run stay in any case: a redrive goes on
 * from them.
 */
export function forgetAfter(history: WorkflowDocument["settings"]["history"], status: RunEnd["status"]): Forget {
  if (history === "full") return null;
  if (status === "succeeded") return "bodies";
  return history === "none" ? "attempts" : null;
}

import type { FailureClass } from "#lib/shared/statuses.ts";
import type { StepEffect } from "./defaults.ts";

/** Workers lost in a row over one step before the step itself is held to be what kills them. */
export const maxLostCount = 3;

export type AfterCrash = { next: "run-again" } | { next: "unknown-outcome" } | { next: "poison" };

/**
 * Whether a call that may have been applied may be sent again by itself: a read, one that changes nothing the second
 * time, or one the remote recognizes by its key. A reconcilable call may not: it has to be looked up first.
 */
export function mayRepeat(effect: StepEffect): boolean {
  return effect === "none" || effect === "read" || effect === "natural" || effect === "keyed";
}

/**
 * What to do with a step whose worker died (engine.md 1.1 crash table, 1.3 effect class). A claimed attempt has sent
 * nothing; a sent one may have been applied, and is looked up before it is made again, if it can be. `lostCount` counts the workers lost in a row, this one included.
 */
export function afterCrash(a: { attempt: "claimed" | "sent"; effect: StepEffect; canLook: boolean; lostCount: number }): AfterCrash {
  if (a.attempt === "sent" && !mayRepeat(a.effect) && !a.canLook) return { next: "unknown-outcome" };
  return a.lostCount >= maxLostCount ? { next: "poison" } : { next: "run-again" };
}

/** Gateways that passed a call on and got no answer in time. */
const openStatuses: ReadonlySet<string> = new Set(["http_502", "http_504"]);

/** Whether a call that failed so may have been applied all the same, so that the next one may find its work done (engine.md 1.4). */
export function mayBeDone(failure: { class: FailureClass; code: string }): boolean {
  switch (failure.class) {
    case "timeout":
    case "lost":
      return true;
    case "transient":
      return failure.code !== "http_425";
    case "unavailable":
      return openStatuses.has(failure.code);
    default:
      return false;
  }
}

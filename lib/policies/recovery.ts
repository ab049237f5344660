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

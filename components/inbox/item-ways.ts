import { shortId } from "#components/ui/format.ts";
import type { DeadLetterSummary, DeadLetterView } from "#lib/shared/inbox-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";

/** What tells an item from the others of its issue: the key of its event, or that of its step, or its run; and where in a loop it was. */
export function itemName({ eventKey, stepKey, runId, iteration }: Pick<DeadLetterSummary, "eventKey" | "stepKey" | "runId" | "iteration">) {
  const name = eventKey ?? stepKey ?? `run ${shortId(runId)}`;
  return iteration === "" ? name : `${name}, ${describeIteration(iteration)}`;
}

/** Which dialogs the keys `r` and `Shift r` open for an item. An unknown outcome is decided first: until then nothing can be sent. */
export function waysOf({ status, kind }: Pick<DeadLetterView, "status" | "kind">): { again: "redrive" | "decide"; edit: boolean } | null {
  if (status !== "open") return null;
  return kind === "unknown_outcome" ? { again: "decide", edit: false } : { again: "redrive", edit: true };
}

const decided: Record<string, string> = {
  "decided: done": "it took effect, somebody decided",
  "decided: failed": "given up, its outcome unknown",
};

/** Why an item was closed, as people read it: a decision in words, a reason as somebody wrote it. */
export function closeWords(reason: string): string {
  return decided[reason] ?? reason;
}

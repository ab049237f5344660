import type { DeadLetterView } from "#lib/shared/inbox-types.ts";

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

import { formatCount } from "#components/ui/format.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import type { DeadLetterStatus } from "#lib/shared/statuses.ts";

export interface IssueTie {
  issueId: string;
  href: string;
  /** The most urgent of the states of its items. */
  status: DeadLetterStatus;
  /** "open", or "2 open, 1 resolved". */
  words: string;
}

const byUrgency: readonly DeadLetterStatus[] = ["open", "redriving", "resolved", "discarded"];

/** The issues that failures of a run went to, also those that are closed since, and how its items stand. */
export function issueTies(letters: RunView["deadLetters"]): IssueTie[] {
  return [...Map.groupBy(letters, ({ issueId }) => issueId)].map(([issueId, items]) => {
    const counts = byUrgency.map((status) => ({ status, count: items.filter((item) => item.status === status).length }));
    const present = counts.filter(({ count }) => count > 0);
    const only = items.length === 1 ? items[0] : undefined;
    const words = only ? only.status : present.map(({ status, count }) => `${formatCount(count)} ${status}`).join(", ");
    return {
      ...{ issueId, words },
      href: `/inbox?tab=all&issue=${issueId}${only ? `&item=${only.id}` : ""}`,
      status: present[0]?.status ?? "open",
    };
  });
}

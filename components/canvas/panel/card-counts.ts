import { formatCount, plural } from "#components/ui/format.ts";
import type { NodeFigures } from "#lib/shared/api-nodes.ts";

/** One figure on a card, and the list it counts where there is one. */
export interface CardCount {
  text: string;
  /** More than the text can say. */
  meaning: string;
  href?: string;
}

export type CountedCard = "validate" | "idempotency" | "throttle" | "retry" | "breaker" | "onFailure";

/** What each card tells of the last 24 hours. A card of which nothing happened tells nothing. */
export function cardCounts(figures: NodeFigures, workflowId: string): Record<CountedCard, CardCount[]> {
  return {
    validate: some(figures.invalid, {
      text: `${formatCount(figures.invalid)} refused`,
      meaning: "What came in, or went out, did not meet the checks of this step.",
    }),
    idempotency: some(figures.duplicates, {
      text: `${formatCount(figures.duplicates)} skipped as ${figures.duplicates === 1 ? "duplicate" : "duplicates"}`,
      meaning: "Their key had been done before; they got its result and made no call.",
    }),
    throttle: [
      ...some(figures.waiting, { text: `${formatCount(figures.waiting)} waiting now`, meaning: "In the queue of a limit." }),
      ...some(figures.waited, {
        text: `${formatCount(figures.waited)} waited`,
        meaning: "Their first call came more than a second after the step began: under a limit, or behind an open breaker.",
      }),
      ...some(figures.turnedAway, {
        text: `${formatCount(figures.turnedAway)} turned away by the remote`,
        meaning: "It answered that there are too many calls (429); they were made again later.",
      }),
    ],
    retry: some(figures.retried, {
      text: `${formatCount(figures.retried)} retried`,
      meaning: "They took more than one attempt.",
      href: `/runs?workflow=${workflowId}&mode=live&last=24h&attempts=2`,
    }),
    breaker: some(figures.breakerOpened, {
      text: `opened ${plural(figures.breakerOpened, "time")}`,
      meaning: "The breaker of the host this step calls. Steps that share its connection share its breaker.",
    }),
    onFailure: some(figures.deadLettered, {
      text: `${formatCount(figures.deadLettered)} dead-lettered`,
      meaning: "They are, or were, in the inbox.",
      href: `/inbox?workflow=${workflowId}`,
    }),
  };
}

function some(count: number, entry: CardCount): CardCount[] {
  return count > 0 ? [entry] : [];
}

/** Above the cards: how much the figures are about. */
export function figuresSentence(figures: NodeFigures): string {
  if (figures.steps === 0) return "No live run came by this step in the last 24 hours.";
  const steps = figures.steps === figures.runs ? "" : `, ${plural(figures.steps, "time")} by this step`;
  return figures.complete
    ? `Last 24 hours: ${plural(figures.runs, "live run")}${steps}.`
    : `Last 24 hours: the latest ${plural(figures.runs, "live run")}${steps}; there were more.`;
}

import { expect, it } from "vitest";
import type { NodeFigures } from "#lib/shared/api-nodes.ts";
import { cardCounts, figuresSentence } from "./card-counts.ts";

const quiet: NodeFigures = {
  from: "2026-11-25T08:00:00.000Z",
  runs: 0,
  steps: 0,
  complete: true,
  invalid: 0,
  waited: 0,
  waiting: 0,
  waitingSince: null,
  turnedAway: 0,
  retried: 0,
  duplicates: 0,
  breakerOpened: 0,
  breakerOpenUntil: null,
  deadLettered: 0,
};

it("tells on each card what happened, and nothing where nothing did", () => {
  const counts = cardCounts({ ...quiet, invalid: 4, duplicates: 37, waited: 2, deadLettered: 3 }, "flow");
  expect(counts.validate).toMatchObject([{ text: "4 refused" }]);
  expect(counts.idempotency).toMatchObject([{ text: "37 skipped as duplicates" }]);
  expect(counts.throttle.map(({ text }) => text)).toEqual(["2 waited"]);
  expect(counts.onFailure).toMatchObject([{ text: "3 dead-lettered" }]);
  expect(counts.retry).toEqual([]);
});

it("says what the figures are about, and that more were not counted", () => {
  expect(figuresSentence(quiet)).toBe("No live run came by this step in the last 24 hours.");
  expect(figuresSentence({ ...quiet, runs: 1_180, steps: 1_204 })).toBe("Last 24 hours: 1,180 live runs, 1,204 times by this step.");
  expect(figuresSentence({ ...quiet, runs: 5_000, steps: 5_000, complete: false })).toContain("there were more");
});

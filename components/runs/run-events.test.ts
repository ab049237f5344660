import { expect, it } from "vitest";
import type { RunView } from "#lib/shared/api-types.ts";
import { eventsOf } from "./run-events.ts";

const at = (second: number) => `2026-11-21T20:00:${String(second).padStart(2, "0")}.000Z`;
const attempt = (no: number, state: "failed" | "succeeded", httpStatus: number, from: number, to: number | null) => ({
  no,
  state,
  class: state === "failed" ? ("unavailable" as const) : null,
  httpStatus,
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
});

const run = {
  status: "succeeded",
  retried: true,
  createdAt: at(0),
  startedAt: at(1),
  finishedAt: at(9),
  event: null,
  replays: [],
  moves: [],
  attributes: [],
  steps: [
    {
      id: "s",
      name: "Charge",
      iteration: "17",
      status: "succeeded",
      waitReason: null,
      deadLettered: false,
      retried: true,
      startedAt: at(2),
      finishedAt: at(8),
      attemptSummaries: [attempt(1, "failed", 503, 2, 3), attempt(2, "succeeded", 201, 7, 8)],
    },
  ],
} as unknown as RunView;

it("what happened comes in the order in which it happened, with what each attempt came to", () => {
  expect(eventsOf(run).map(({ what, step }) => (step ? `${step}: ${what}` : what))).toEqual([
    "Event received and stored",
    "Run started",
    "Charge, item 17: Step started",
    "Charge, item 17: Attempt 1 started",
    "Charge, item 17: Attempt 1 failed: 503, unavailable",
    "Charge, item 17: Attempt 2 started",
    "Charge, item 17: Attempt 2 succeeded: 201",
    "Charge, item 17: Succeeded after retries",
    "Run ended: succeeded after retries",
  ]);
});

it("what has not ended has no end", () => {
  const step = { ...run.steps[0], status: "running", finishedAt: null, attemptSummaries: [attempt(1, "failed", 503, 2, null)] };
  const events = eventsOf({ ...run, finishedAt: null, steps: [step] } as RunView);
  expect(events.map(({ what }) => what)).toEqual(["Event received and stored", "Run started", "Step started", "Attempt 1 started"]);
});

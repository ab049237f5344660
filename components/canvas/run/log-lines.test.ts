import { expect, it } from "vitest";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { lineMove, logLines } from "./log-lines.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 10, 26) + ms).toISOString();

function step(change: Partial<StepSummary>): StepSummary {
  const common = {
    id: "s",
    nodeId: "call",
    iteration: "",
    name: "Call",
    type: "http-request",
    status: "succeeded",
    waitReason: null,
    wakeAt: null,
  };
  const outcome = { port: "out", deadLettered: false, attempts: 2, retried: true, error: null, createdAt: at(0), durationMs: 3_000 };
  const attempt = (no: number, from: number, state: "failed" | "succeeded") => {
    return {
      no,
      state,
      class: state === "failed" ? ("unavailable" as const) : null,
      httpStatus: 503,
      startedAt: at(from),
      endedAt: at(from + 500),
    };
  };
  const attemptSummaries = [attempt(1, 1_000, "failed"), attempt(2, 3_000, "succeeded")];
  return { ...common, ...outcome, startedAt: at(500), finishedAt: at(3_500), attemptSummaries, ...change } as StepSummary;
}

// Safe because the lines are read off these fields alone.
const run = (steps: StepSummary[], change: Partial<RunView> = {}) =>
  ({ status: "succeeded", startedAt: at(0), finishedAt: at(4_000), error: null, steps, ...change }) as RunView;

it("tells what happened in the order in which it did", () => {
  expect(logLines(run([step({ retried: false })])).map(({ name, text }) => `${name} ${text}`)).toEqual([
    "Run started",
    "Call started",
    "Call attempt 1",
    "Call attempt 1 failed (503, unavailable)",
    "Call attempt 2",
    "Call succeeded in 3.00 s",
    "Run succeeded",
  ]);
});

it("says what a step waits for, and for what reason it failed", () => {
  const waiting = logLines(run([step({ status: "waiting", waitReason: "throttle", finishedAt: null })], { finishedAt: null }));
  expect(waiting.at(-1)).toMatchObject({ text: "throttled", tone: "wait" });
  const error = { class: "permanent", code: "http_404", message: "not there", details: null } as const;
  const failed = logLines(run([step({ status: "failed", error, iteration: "17" })]));
  expect(failed.find(({ key }) => key === "s end")).toMatchObject({
    name: "Call (item 17)",
    text: "failed in 3.00 s: not there",
    tone: "bad",
  });
});

it("gives a line the same key at every look", () => {
  const [first, second] = [logLines(run([step({})])), logLines(run([step({})]))];
  expect(first.map(({ key }) => key)).toEqual(second.map(({ key }) => key));
  expect(new Set(first.map(({ key }) => key)).size).toBe(first.length);
});

it("goes from line to line by the arrow keys, and stays within the log", () => {
  expect([lineMove("ArrowUp", 2, 5), lineMove("ArrowDown", 2, 5), lineMove("Home", 2, 5), lineMove("End", 2, 5)]).toEqual([1, 3, 0, 4]);
  expect([lineMove("ArrowUp", 0, 5), lineMove("ArrowDown", 4, 5)]).toEqual([0, 4]);
  expect([lineMove("a", 2, 5), lineMove("ArrowDown", -1, 0)]).toEqual([null, null]);
});

import { describe, expect, it } from "vitest";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { meaningsOf, segmentsOf } from "./segments.ts";

const start = Date.parse("2026-11-21T20:00:00Z");
const at = (ms: number) => new Date(start + ms).toISOString();

function step(change: Partial<StepSummary>): StepSummary {
  return {
    id: "s",
    nodeId: "n",
    iteration: "",
    name: "Call",
    type: "http-request",
    status: "succeeded",
    waitReason: null,
    wakeAt: null,
    port: "out",
    deadLettered: false,
    attempts: 0,
    retried: false,
    error: null,
    createdAt: at(0),
    startedAt: at(10),
    finishedAt: at(500),
    durationMs: 490,
    attemptSummaries: [],
    ...change,
  };
}

const shape = (of: StepSummary, nowMs = start + 10_000) =>
  segmentsOf(of, nowMs).map((each) => `${each.kind} ${each.from - start}-${each.to - start}`);

describe("segmentsOf", () => {
  it("splits a step without attempts into waiting and working", () => {
    expect(shape(step({}))).toEqual(["queue 0-10", "work 10-500"]);
  });

  it("shows each attempt and the gaps between them", () => {
    const attemptSummaries: StepSummary["attemptSummaries"] = [
      { no: 1, state: "failed", class: "unavailable", httpStatus: 503, askedAt: null, startedAt: at(10), endedAt: at(100) },
      { no: 2, state: "succeeded", class: null, httpStatus: 201, askedAt: null, startedAt: at(1_100), endedAt: at(1_200) },
    ];
    expect(shape(step({ attemptSummaries, finishedAt: at(1_200) }))).toEqual([
      "queue 0-10",
      "attempt-bad 10-100",
      "backoff 100-1100",
      "attempt-good 1100-1200",
    ]);
  });

  it("tells a wait under a limit from the wait before it", () => {
    const attemptSummaries: StepSummary["attemptSummaries"] = [
      { no: 1, state: "failed", class: "unavailable", httpStatus: 503, askedAt: at(20), startedAt: at(80), endedAt: at(100) },
      { no: 2, state: "succeeded", class: null, httpStatus: 201, askedAt: at(600), startedAt: at(1_100), endedAt: at(1_200) },
    ];
    expect(shape(step({ attemptSummaries, finishedAt: at(1_200) }))).toEqual([
      "queue 0-20",
      "throttle 20-80",
      "attempt-bad 80-100",
      "backoff 100-600",
      "throttle 600-1100",
      "attempt-good 1100-1200",
    ]);
  });

  it("leaves what still runs open until now", () => {
    const attemptSummaries: StepSummary["attemptSummaries"] = [
      { no: 1, state: "sent", class: null, httpStatus: null, askedAt: null, startedAt: at(0), endedAt: null },
    ];
    expect(shape(step({ status: "running", attemptSummaries, finishedAt: null }), start + 700)).toEqual(["attempt-open 0-700"]);
  });

  it("shows what a step waits for after its last attempt", () => {
    const attemptSummaries: StepSummary["attemptSummaries"] = [
      { no: 1, state: "failed", class: "throttled", httpStatus: 429, askedAt: null, startedAt: at(0), endedAt: at(50) },
    ];
    expect(shape(step({ status: "waiting", waitReason: "throttle", attemptSummaries, finishedAt: null }), start + 700)).toEqual([
      "attempt-bad 0-50",
      "throttle 50-700",
    ]);
  });

  it("draws nothing for a skipped step", () => {
    expect(shape(step({ status: "skipped", startedAt: null, finishedAt: null }))).toEqual([]);
  });
});

describe("meaningsOf", () => {
  const meanings = (...steps: StepSummary[]) => {
    const named = steps.map((each, index) => ({ ...each, id: `s${index}` }));
    return [...meaningsOf(named, new Map(named.map((each) => [each.id, segmentsOf(each, start + 10_000)])))].toSorted();
  };
  const attempt = (no: number, from: number, state: "failed" | "succeeded") => {
    const class_ = state === "failed" ? ("unavailable" as const) : null;
    return { no, state, class: class_, httpStatus: 503, askedAt: null, startedAt: at(from), endedAt: at(from + 50) };
  };

  it("explains only what is there", () => {
    expect(meanings(step({}))).toEqual(["attempt-good", "queue"]);
    expect(meanings(step({ startedAt: at(0), status: "running", finishedAt: null }))).toEqual(["attempt-open"]);
    expect(meanings()).toEqual([]);
  });

  it("tells a failure for good from an attempt that was made again", () => {
    const attemptSummaries = [attempt(1, 0, "failed"), attempt(2, 100, "failed")];
    expect(meanings(step({ status: "failed", attemptSummaries }))).toEqual(["attempt-bad", "backoff", "failure"]);
    expect(meanings(step({ status: "failed", deadLettered: true, attemptSummaries }))).toEqual(["attempt-bad", "backoff", "dead"]);
    const better = [attempt(1, 0, "failed"), attempt(2, 100, "succeeded")];
    expect(meanings(step({ attemptSummaries: better }))).toEqual(["attempt-bad", "attempt-good", "backoff"]);
  });

  it("leaves a status that its row tells in words unexplained", () => {
    expect(meanings(step({ startedAt: at(0), status: "deduplicated" }))).toEqual([]);
  });
});

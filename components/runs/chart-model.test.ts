import { expect, it } from "vitest";
import type { RunChart } from "#lib/shared/run-chart.ts";
import { barsOf, rangeOf } from "./chart-model.ts";

const chart: RunChart = {
  from: "2026-11-21T20:00:00.000Z",
  to: "2026-11-21T21:00:00.000Z",
  bucketMs: 900_000,
  buckets: [
    { at: "2026-11-21T20:15:00.000Z", status: "failed", count: 2 },
    { at: "2026-11-21T20:15:00.000Z", status: "queued", count: 3 },
  ],
  totals: [],
  total: 5,
  complete: true,
};

it("stretches without runs have a place of their own", () => {
  expect(barsOf(chart).map((bar) => bar.total)).toEqual([0, 5, 0, 0]);
});

it("the statuses of a bar always come in the same order", () => {
  expect(barsOf(chart)[1]?.counts.map(({ status }) => status)).toEqual(["queued", "failed"]);
});

it("a drag to the left is the range of a drag to the right", () => {
  const bars = barsOf(chart);
  const range = { from: "2026-11-21T20:15:00.000Z", to: "2026-11-21T20:45:00.000Z" };
  expect(rangeOf(bars, 1, 2)).toEqual(range);
  expect(rangeOf(bars, 2, 1)).toEqual(range);
});

it("a chart of an instant has one bar", () => {
  expect(barsOf({ ...chart, to: chart.from, buckets: [] })).toHaveLength(1);
});

import { expect, it } from "vitest";
import { endedOf, partsOf, pauseWords, selectionWords, titleOf } from "./batch-words.ts";

const progress = { total: 10, waiting: 3, running: 2, succeeded: 1, failed: 1, skipped: 3 };

it("names a bulk act by what it does, unless somebody named it", () => {
  expect(titleOf({ name: "", action: "cancel", progress })).toBe("Cancel of 10 runs");
  expect(titleOf({ name: "The night of the 3rd", action: "replay", progress })).toBe("The night of the 3rd");
});

it("counts every run once", () => {
  expect(partsOf({ action: "replay", progress }).reduce((sum, part) => sum + part.count, 0)).toBe(progress.total);
  expect(endedOf({ status: "running", progress })).toBe(5);
  expect(endedOf({ status: "canceled", progress })).toBe(2);
});

it("tells what was chosen", () => {
  const names = { workflow: () => "Orders", time: () => "noon" };
  const words = (selection: Parameters<typeof selectionWords>[0]["selection"]) => selectionWords({ selection }, names);
  expect(words({ runIds: ["a", "b"] })).toBe("2 runs by hand");
  expect(words({ filter: { by: "received" } })).toBe("All runs at that moment");
  const filter = { by: "received", status: ["failed", "canceled"], field: { path: ["body", "id"], value: "7" } };
  expect(words({ filter })).toBe("status failed or canceled, payload body.id = 7");
  expect(words({ filter: { workflowId: "x", to: "2026-11-26T12:00:00Z" } })).toBe("workflow “Orders”, until noon");
});

it("tells why it is paused", () => {
  const batch = { status: "paused", statusReason: "too_many_failures", stopAfterFailures: 3 } as Parameters<typeof pauseWords>[0];
  expect(pauseWords(batch)).toMatch(/^3 replays failed/);
  expect(pauseWords({ ...batch, statusReason: "by hand" })).toMatch(/^Paused by hand/);
  expect(pauseWords({ ...batch, status: "running" })).toBeNull();
});

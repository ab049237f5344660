import { expect, it } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { limitSentence, wayOf, waySentence } from "./arrival-words.ts";

it("says what is set, and that nothing is", () => {
  expect(wayOf(undefined)).toBe("each");
  expect(wayOf({ limit: { limit: 1, perMs: 1_000 }, batch: { maxSize: 2, timeoutMs: 1_000 } })).toBe("batch");
  expect(waySentence(undefined)).toBe("Every event starts a run of its own.");
});

it.each<[JsonValue, string]>([
  [{ debounce: { periodMs: 10_000, timeoutMs: 60_000 } }, "An event every 5 s runs at the latest after 1 min."],
  [{ debounce: { periodMs: 10_000, timeoutMs: 10_000 } }, "It never waits longer"],
  [
    { batch: { maxSize: 100, timeoutMs: 30_000, key: "k" } },
    "A run starts with 100 events, or 30 s after the first one with those that came.",
  ],
  [{ singleton: { mode: "skip-new" } }, "An event that comes while a run goes is dropped."],
  [{ singleton: { mode: "cancel-running", key: "k" } }, "a run that still goes is canceled for it. Each key by itself."],
])("of %j says what it comes to", (arrivals, part) => {
  expect(waySentence(arrivals)).toContain(part);
});

it("says of a limit what a stream twice as fast would meet", () => {
  expect(limitSentence({ limit: { limit: 10, perMs: 60_000 } })).toBe(
    "If one came every 3 s, 10 of 20 in 1 min would go on and the others be dropped.",
  );
});

it("says nothing of what does not come to anything yet", () => {
  expect(waySentence({ debounce: { periodMs: 10_000, timeoutMs: 5_000 } })).toBe("");
  expect(waySentence({ batch: { maxSize: "many", timeoutMs: 1_000 } })).toBe("");
  expect(limitSentence({ limit: { limit: 0, perMs: 1_000 } })).toBe("");
  expect(limitSentence(undefined)).toBe("");
});

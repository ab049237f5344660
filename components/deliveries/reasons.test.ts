import { expect, it } from "vitest";
import type { RefusalName } from "#lib/door/hooks/refusal.ts";
import type { Refusal } from "#lib/triggers/webhook/verify.ts";
import { reasonWords } from "./reasons.ts";

/** Refused before a trigger is known, or without being recorded: not on any list. */
type Unrecorded = "not_found" | "unavailable" | "over";

/** A new reason of the door does not compile here before it has words. */
const recorded: Record<Refusal | Exclude<RefusalName, Unrecorded | "over">, true> = {
  signature_invalid: true,
  signature_missing: true,
  signature_malformed: true,
  secret_missing: true,
  timestamp_invalid: true,
  timestamp_outside_tolerance: true,
  not_verified: true,
  method_not_allowed: true,
  body_too_large: true,
  body_timeout: true,
  unsupported_media_type: true,
  too_deep: true,
  too_many_values: true,
  malformed: true,
  invalid_text: true,
  dedupe_key: true,
  rate_limited: true,
  paused: true,
};

it.each(Object.keys(recorded))("says of %s what happened and what to do", (reason) => {
  const words = reasonWords({ outcome: "rejected", reason });
  expect(words.what).not.toContain("It was refused");
  expect(words.todo).not.toBe("");
});

it("shows a reason it does not know, or that is missing, without making one up", () => {
  expect(reasonWords({ outcome: "rejected", reason: "new_reason" })).toEqual({ what: "It was refused: new_reason.", todo: "" });
  expect(reasonWords({ outcome: "rejected", reason: null }).what).toBe("It was refused: no reason is known.");
});

it.each([
  { outcome: "superseded", reason: "debounce" },
  { outcome: "batched", reason: null },
  { outcome: "dropped", reason: "limit" },
  { outcome: "dropped", reason: "singleton" },
] as const)("says what the control of arrivals did with an event: %j", (event) => {
  expect(reasonWords(event).todo).not.toBe("");
});

it("tells that a run gave way, and shows a new reason to drop as it is", () => {
  expect(reasonWords({ outcome: "accepted", reason: "newer_event" }).what).toContain("canceled for a newer event");
  expect(reasonWords({ outcome: "dropped", reason: "other" }).what).toBe("It was dropped: other.");
});

it("tells a duplicate with another body from a plain one", () => {
  expect(reasonWords({ outcome: "duplicate", reason: "conflicting_duplicate" }).what).toContain("another body");
  expect(reasonWords({ outcome: "duplicate", reason: null }).what).toBe("Same key as an earlier delivery.");
  expect(reasonWords({ outcome: "accepted", reason: null }).what).toBe("It started a run.");
});

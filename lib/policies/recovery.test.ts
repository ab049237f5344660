import { expect, test } from "vitest";
import { failureClasses } from "#lib/shared/statuses.ts";
import { afterCrash, maxLostCount, mayBeDone } from "./recovery.ts";

const everyEffect = ["none", "read", "natural", "keyed", "reconcilable", "unsafe"] as const;

test("scenario 22 (the decision): a worker that died before it sent anything leaves a step that may run again, whatever its effect", () => {
  for (const effect of everyEffect)
    expect(afterCrash({ attempt: "claimed", effect, canLook: false, lostCount: 1 })).toEqual({ next: "run-again" });
});

test("scenario 22 (the decision): a sent call is repeated only when the repeat cannot double its effect", () => {
  const outcome = (effect: (typeof everyEffect)[number]) => afterCrash({ attempt: "sent", effect, canLook: false, lostCount: 1 }).next;
  expect(everyEffect.map(outcome)).toEqual(["run-again", "run-again", "run-again", "run-again", "unknown-outcome", "unknown-outcome"]);
});

test("a sent call that can be looked up goes on, by a look", () => {
  expect(afterCrash({ attempt: "sent", effect: "reconcilable", canLook: true, lostCount: 1 })).toEqual({ next: "run-again" });
  expect(afterCrash({ attempt: "sent", effect: "reconcilable", canLook: true, lostCount: maxLostCount })).toEqual({ next: "poison" });
});

test("scenario 23 (the decision): a sent unsafe call is left to a person, however many workers it took along", () => {
  expect(afterCrash({ attempt: "sent", effect: "unsafe", canLook: false, lostCount: maxLostCount + 1 })).toEqual({
    next: "unknown-outcome",
  });
});

test("scenario 32 (the decision): a step that took three workers in a row with it is poison", () => {
  expect(afterCrash({ attempt: "claimed", effect: "none", canLook: false, lostCount: 2 })).toEqual({ next: "run-again" });
  expect(afterCrash({ attempt: "claimed", effect: "none", canLook: false, lostCount: 3 })).toEqual({ next: "poison" });
  expect(afterCrash({ attempt: "sent", effect: "keyed", canLook: false, lostCount: 3 })).toEqual({ next: "poison" });
});

test("a call that failed without a word of its fate may have been applied, one that was refused or never left was not", () => {
  expect(failureClasses.filter((failure) => mayBeDone({ class: failure, code: "x" }))).toEqual(["transient", "timeout", "lost"]);
  const of = (failure: "transient" | "unavailable", code: string) => mayBeDone({ class: failure, code });
  expect([of("transient", "http_500"), of("transient", "http_425")]).toEqual([true, false]);
  expect(["http_502", "http_503", "http_504", "connect_failed"].map((code) => of("unavailable", code))).toEqual([true, false, true, false]);
});

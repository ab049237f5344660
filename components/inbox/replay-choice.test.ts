import { describe, expect, it } from "vitest";
import { editableOf, toBody } from "./replay-choice.ts";

describe("a replay's choice", () => {
  it("names a version by its number, and carries an input only when there is one", () => {
    expect(toBody({ from: "start", version: "3", keys: "new" }, undefined)).toEqual({ from: "start", version: 3, keys: "new" });
    expect(toBody({ from: "failed", version: "live", keys: "same" }, null)).toEqual({
      from: "failed",
      version: "live",
      keys: "same",
      input: null,
    });
  });

  it("edits the step's input, or the event from the start, and nothing of an earlier step", () => {
    const delivery = { body: { n: 1 }, headers: {} };
    expect(editableOf({ input: { a: 1 }, event: delivery }, "failed")).toEqual({ a: 1 });
    expect(editableOf({ input: { a: 1 }, event: delivery }, "start")).toEqual(delivery);
    expect(editableOf({ input: { a: 1 }, event: { body: { n: 1 } } }, "start")).toEqual({ n: 1 });
    expect(editableOf({ input: { a: 1 }, event: delivery }, "other-step")).toBeNull();
  });
});

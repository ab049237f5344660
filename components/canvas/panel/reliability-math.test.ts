import { describe, expect, it } from "vitest";
import { policyDefaults } from "#lib/policies/defaults.ts";
import { burstMs, retrySentence, throttleSentence } from "./reliability-math.ts";
import { schemaFromSample } from "./schema-from-sample.ts";

const retry = { ...policyDefaults.retry };

describe("retrySentence", () => {
  it("lists when the attempts come", () => {
    expect(retrySentence({ ...retry, maxAttempts: 4 })).toBe("now · +1 s · +3 s · +7 s · then gives up");
  });

  it("honours the longest wait and shortens long lists", () => {
    const sentence = retrySentence({ ...retry, maxAttempts: 10, maxMs: 2_000 });
    expect(sentence).toBe("now · +1 s · +3 s · +5 s · +7 s · … · +17 s · then gives up");
  });

  it("says when nothing is retried, and nothing while a number is missing", () => {
    expect(retrySentence({ ...retry, maxAttempts: 1 })).toBe("now · gives up at once");
    expect(retrySentence({ ...retry, initialMs: Number.NaN })).toBe("");
  });
});

describe("throttleSentence", () => {
  it("tells how long a burst takes", () => {
    expect(throttleSentence([{ limit: 1, perMs: 1_000 }])).toBe("A burst of 100 takes about 1 min 39 s.");
    expect(throttleSentence([{ limit: 10, perMs: 60_000 }])).toBe("A burst of 100 takes about 9 min.");
    expect(throttleSentence([{ limit: 100, perMs: 60_000 }])).toBe("A burst of 100 passes at once.");
  });

  it("lets the slowest of several windows decide", () => {
    expect(
      burstMs(
        [
          { limit: 20, perMs: 1_000 },
          { limit: 50, perMs: 60_000 },
        ],
        100,
      ),
    ).toBe(60_000);
  });

  it("says nothing about windows that are not finished", () => {
    expect(throttleSentence([])).toBe("");
    expect(throttleSentence([{ limit: 0, perMs: 1_000 }])).toBe("");
  });
});

describe("schemaFromSample", () => {
  it("makes types and required fields", () => {
    expect(schemaFromSample({ id: 7, price: 1.5, tags: ["a"], note: null })).toEqual({
      type: "object",
      properties: { id: { type: "integer" }, price: { type: "number" }, tags: { type: "array", items: { type: "string" } }, note: {} },
      required: ["id", "price", "tags"],
    });
  });
});

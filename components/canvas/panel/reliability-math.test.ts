import { describe, expect, it } from "vitest";
import { policyDefaults } from "#lib/policies/defaults.ts";
import { breakerSentence, burstMs, burstSentence, retrySentence, throttleSentence, timeoutSentence } from "./reliability-math.ts";
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

describe("burstSentence", () => {
  const own = { name: "the limit of this step", windows: [{ limit: 10, perMs: 60_000 }] };
  const shared = { name: "that of the connection", windows: [{ limit: 1, perMs: 60_000 }] };

  it("names the narrower of two limits that hold together", () => {
    expect(burstSentence([own, shared])).toBe("A burst of 100 takes about 1 h 39 min: that of the connection is the narrower.");
    expect(burstSentence([own, { ...shared, windows: [] }])).toBe("A burst of 100 takes about 9 min.");
  });

  it("says nothing where nothing is limited", () => {
    expect(burstSentence([{ ...own, windows: [] }])).toBe("");
  });
});

describe("timeoutSentence", () => {
  it("adds up all attempts and waits", () => {
    const text = timeoutSentence({ timeoutMs: 30_000, deadlineMs: 86_400_000, retry: { ...retry, maxAttempts: 4 } });
    expect(text).toEqual({ text: "All 4 attempts with their waits take 2 min 7 s at most.", cut: false });
  });

  it("warns when the deadline comes before the last attempt", () => {
    expect(timeoutSentence({ timeoutMs: 30_000, deadlineMs: 60_000, retry })).toMatchObject({ cut: true });
  });

  it("waits for numbers", () => {
    expect(timeoutSentence({ timeoutMs: Number.NaN, deadlineMs: 60_000, retry }).text).toBe("");
  });
});

describe("breakerSentence", () => {
  it("turns a share into calls", () => {
    expect(breakerSentence(policyDefaults.breaker)).toContain("Opens when 10 of 20 calls within 1 min fail, and pauses for 30 s.");
    expect(breakerSentence({ ...policyDefaults.breaker, enabled: false })).toBe("");
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

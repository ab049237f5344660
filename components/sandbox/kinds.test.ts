import { describe, expect, it } from "vitest";
import { behaviour, presets } from "./kinds.ts";

describe("behaviour", () => {
  it.each([
    [{ kind: "flaky" as const, settings: { failRatio: 0.3, status: 500 } }, "Answers 500 to 30 % of the calls"],
    [{ kind: "flaky" as const, settings: { failTimes: 3, status: 503 } }, "Answers 503 3 times, then works"],
    [{ kind: "flaky" as const, settings: {} }, "Works"],
    [{ kind: "slow" as const, settings: { delayMs: 5_000 } }, "Answers after 5.00 s"],
    [{ kind: "rate-limited" as const, settings: { limit: 10, perMs: 1_000 } }, "10 calls in 1.00 s, then 429"],
  ])("puts %j in words", (target, words) => {
    expect(behaviour(target)).toBe(words);
  });

  it("has words for every preset", () => {
    for (const preset of presets) expect(behaviour(preset)).not.toContain("?");
  });
});

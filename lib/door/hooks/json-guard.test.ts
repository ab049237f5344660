import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeJson, maxDepth, maxValues } from "./json-guard.ts";

const judge = (text: string) => judgeJson(Buffer.from(text));
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("the guard before JSON is parsed", () => {
  it("lets every ordinary value pass", () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => judge(text) === null));
  });

  it("stops at the depth, in arrays and objects alike", () => {
    expect(judge(nested(maxDepth))).toBeNull();
    expect(judge(nested(maxDepth + 1))).toBe("too_deep");
    expect(judge(`${'{"a":'.repeat(maxDepth + 1)}1${"}".repeat(maxDepth + 1)}`)).toBe("too_deep");
    expect(judge("[".repeat(100_000))).toBe("too_deep");
  });

  it("does not count what stands in strings", () => {
    expect(judge(JSON.stringify(["[".repeat(1_000), ",".repeat(60_000), '\\"[[['.repeat(100), "\\\\"]))).toBeNull();
    expect(judge(`["\\\\",${nested(maxDepth)}]`)).toBe("too_deep");
    expect(judge(`"${"\\".repeat(1_001)}`)).toBeNull();
  });

  it("stops at the number of values, keys included", () => {
    expect(judge(JSON.stringify(Array(maxValues - 10).fill(1)))).toBeNull();
    expect(judge(JSON.stringify(Array(1_000_000).fill(1)))).toBe("too_many_values");
    expect(judge(JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`k${i}`, 1]))))).toBe("too_many_values");
  });

  it("decides within milliseconds, whatever the text", () => {
    const hostile = [
      '"\\'.repeat(500_000),
      `"${"\\".repeat(1_000_000)}`,
      `"${'\\"'.repeat(500_000)}`,
      "[".repeat(1_000_000),
      `"${"a".repeat(1_000_000)}`,
    ];
    for (const text of hostile) {
      const startedAt = performance.now();
      judge(text);
      expect(performance.now() - startedAt).toBeLessThan(150);
    }
  });
});

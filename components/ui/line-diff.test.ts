import { describe, expect, it } from "vitest";
import { diffLines } from "./line-diff.ts";

const compact = (a: string, b: string) => diffLines(a, b).map((row) => `${row.changed ? "!" : "="}${row.left ?? "·"}|${row.right ?? "·"}`);

describe("diffLines", () => {
  it("puts equal lines on one row", () => {
    expect(compact("a\nb", "a\nb")).toEqual(["=a|a", "=b|b"]);
  });

  it("pairs a changed line with its replacement", () => {
    expect(compact("a\nb\nc", "a\nx\nc")).toEqual(["=a|a", "!b|x", "=c|c"]);
  });

  it("shows what was added and what was taken away beside a gap", () => {
    expect(compact("a\nc", "a\nb\nc")).toEqual(["=a|a", "!·|b", "=c|c"]);
    expect(compact("a\nb\nc", "a\nc")).toEqual(["=a|a", "!b|·", "=c|c"]);
  });

  it("keeps every line of both sides, in order", () => {
    const left = "1\n2\n3\n4\n5";
    const right = "0\n2\n4\n4\n6\n5";
    const rows = diffLines(left, right);
    expect(rows.flatMap((row) => (row.left === null ? [] : [row.left])).join("\n")).toBe(left);
    expect(rows.flatMap((row) => (row.right === null ? [] : [row.right])).join("\n")).toBe(right);
  });

  it("still answers for texts too long to compare line by line", () => {
    const left = Array.from({ length: 3_000 }, (_, i) => `l${i}`).join("\n");
    const right = Array.from({ length: 3_000 }, (_, i) => `r${i}`).join("\n");
    expect(diffLines(left, right)).toHaveLength(3_000);
  });
});

import { describe, expect, it } from "vitest";
import { safeNext } from "./sign-in.ts";

describe("safeNext", () => {
  it("keeps a path of ours, filters included", () => {
    expect(safeNext("/runs?status=failed&q=a%20b")).toBe("/runs?status=failed&q=a%20b");
  });

  it.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])("refuses %s", (next) => {
    expect(safeNext(next)).toBe("/workflows");
  });
});

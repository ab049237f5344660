import { describe, expect, it } from "vitest";
import { hashToken, isWellFormedToken, makeToken } from "./format.ts";

describe("API token format", () => {
  it("makes tokens that pass their own checksum and never repeat", () => {
    const made = Array.from({ length: 200 }, () => makeToken().token);
    for (const token of made) {
      expect(token).toMatch(/^slc_[0-9A-Za-z]{38}$/);
      expect(isWellFormedToken(token)).toBe(true);
    }
    expect(new Set(made).size).toBe(200);
  });

  it("refuses a token with any one character changed", () => {
    const { token } = makeToken();
    for (let at = 4; at < token.length; at++) {
      const other = token[at] === "a" ? "b" : "a";
      expect(isWellFormedToken(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
    }
  });

  it.each(["", "slc_", "slc_x", "ghp_0123", `slc_${"é".repeat(38)}`, `slc_${"0".repeat(8192)}`])("refuses %s", (text) => {
    expect(isWellFormedToken(text)).toBe(false);
  });

  it("stores a hash and a hint that do not give the token away", () => {
    const { token, hash, hint } = makeToken();
    expect(hash).toHaveLength(32);
    expect(hash).toEqual(hashToken(token));
    expect(token.startsWith(hint.slice(0, -1))).toBe(true);
    expect(hint).toHaveLength(9);
  });
});

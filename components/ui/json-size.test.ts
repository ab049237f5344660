import { describe, expect, it } from "vitest";
import { isTooBigForTree, shortenStrings } from "./json-size.ts";

const tooBig = (value: Parameters<typeof isTooBigForTree>[0]) => isTooBigForTree(value, JSON.stringify(value));

describe("the size gate of payloads", () => {
  it("lets an ordinary payload through", () => {
    expect(tooBig({ a: [1, 2, { b: "x" }] })).toBe(false);
  });

  it("stops a payload with many small values", () => {
    expect(tooBig(Array.from({ length: 5_000 }, (_, i) => i))).toBe(true);
  });

  it("stops one long text", () => {
    expect(tooBig("x".repeat(300_000))).toBe(true);
  });
});

it("shortens long strings wherever they are, and nothing else", () => {
  const long = "y".repeat(3_000);
  const shown = shortenStrings({ a: [long, 1, null], b: "short" });
  expect(shown).toEqual({ a: [`${"y".repeat(2_000)}… (1000 more characters)`, 1, null], b: "short" });
});

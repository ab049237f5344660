import { describe, expect, it } from "vitest";
import { errorOf, readNumber } from "./read-number.ts";

describe("readNumber", () => {
  it("takes what lies in the range, its ends included", () => {
    expect(readNumber(" 0.5 ", { min: 0.01, max: 1_000 })).toEqual({ value: 0.5 });
    expect(readNumber("1000", { min: 0.01, max: 1_000 })).toEqual({ value: 1_000 });
  });

  it("names the range instead of moving a number into it", () => {
    expect(readNumber("1001", { min: 0.01, max: 1_000 })).toEqual({ error: "From 0.01 to 1,000" });
    expect(errorOf(readNumber("-1", { min: 0, max: 5 }))).toBe("From 0 to 5");
  });

  it("refuses words and halves of what is counted", () => {
    expect(readNumber("ten", { min: 0, max: 5 })).toEqual({ error: "Enter a number" });
    expect(readNumber("1.5", { min: 0, max: 5, whole: true })).toEqual({ error: "Enter a whole number" });
  });

  it("takes an empty field for what it stands for, where it stands for something", () => {
    expect(readNumber("", { min: 0, max: 5, empty: null })).toEqual({ value: null });
    expect(readNumber("", { min: 0, max: 5 })).toEqual({ error: "Enter a number" });
  });
});

import { describe, expect, it } from "vitest";
import { durationText, rangeText, readNumber, unitOf } from "./duration-text.ts";
import { readJsonText, writeJsonText } from "./json-text.ts";

describe("JSON as text", () => {
  it("reads JSON, nothing, and a lone expression without quotes", () => {
    expect(readJsonText('{"a": 1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(readJsonText("  ")).toEqual({ ok: true, value: undefined });
    expect(readJsonText("{{ trigger.body }}")).toEqual({ ok: true, value: "{{ trigger.body }}" });
  });

  it("says to put quotes around an expression inside", () => {
    expect(readJsonText('{"a": {{ trigger.body }} }')).toMatchObject({ ok: false, message: expect.stringContaining("quotes around {{") });
    expect(readJsonText("{ broken")).toMatchObject({ ok: false, message: expect.stringContaining("Not valid JSON") });
  });

  it("writes what it reads", () => {
    for (const value of [{ a: [1, null, "x"] }, "{{ trigger.body }}", "plain", 5, null, true]) {
      expect(readJsonText(writeJsonText(value))).toEqual({ ok: true, value });
    }
    expect(writeJsonText(undefined)).toBe("");
  });
});

describe("durations and numbers", () => {
  it("shows the largest whole unit", () => {
    expect(durationText(90_000)).toBe("90 s");
    expect(durationText(7_200_000)).toBe("2 h");
    expect(unitOf(0)).toBe("ms");
  });

  it("tells the range", () => {
    expect(rangeText(1, 100)).toBe("1 – 100");
    expect(rangeText(1_000, null, durationText)).toBe("at least 1 s");
    expect(rangeText(null, null)).toBeNull();
  });

  it("never rewrites what is no number", () => {
    expect(readNumber("99")).toBe(99);
    expect(readNumber("ninety")).toBe("ninety");
    expect(readNumber("")).toBeUndefined();
  });
});

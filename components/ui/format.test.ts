import { describe, expect, it } from "vitest";
import { formatAbsolute, formatBytes, formatDuration, formatRelative, plural } from "./format.ts";

const now = Date.parse("2026-11-21T22:00:00Z");

describe("formatRelative", () => {
  it.each([
    [0, "now"],
    [12_000, "12 s ago"],
    [59_999, "59 s ago"],
    [60_000, "1 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [6 * 86_400_000, "6 d ago"],
    [8 * 86_400_000, "13 Nov"],
    [400 * 86_400_000, "17 Oct 2025"],
    [-90_000, "in 1 min"],
  ])("says %i ms ago as %s", (ago, words) => {
    expect(formatRelative(now - ago, now, "UTC")).toBe(words);
  });
});

it("gives a date as it is in the zone", () => {
  const late = Date.parse("2025-12-31T23:30:00Z");
  expect(formatRelative(late, now, "Europe/Berlin")).toBe("1 Jan");
  expect(formatRelative(late, now, "UTC")).toBe("31 Dec 2025");
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 ms"],
    [840, "840 ms"],
    [1_240, "1.24 s"],
    [12_340, "12.3 s"],
    [65_000, "1 min 5 s"],
    [3_600_000, "1 h"],
    [11_520_000, "3 h 12 min"],
    [187_200_000, "2 d 4 h"],
  ])("says %i ms as %s", (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });
});

it("names the zone of an absolute time, which follows daylight saving", () => {
  expect(formatAbsolute(now, "Europe/Berlin")).toBe("21 Nov 2026, 23:00:00 CET");
  expect(formatAbsolute(Date.parse("2026-07-01T10:00:00Z"), "Europe/Berlin")).toBe("1 Jul 2026, 12:00:00 CEST");
  expect(formatAbsolute(now, "UTC")).toBe("21 Nov 2026, 22:00:00 UTC");
});

it("counts in words", () => {
  expect([plural(0, "item"), plural(1, "item"), plural(1_200, "item"), plural(2, "entry", "entries")]).toEqual([
    "0 items",
    "1 item",
    "1,200 items",
    "2 entries",
  ]);
  expect([formatBytes(12), formatBytes(2_048), formatBytes(3_250_586), formatBytes(5 * 2 ** 30)]).toEqual([
    "12 B",
    "2.0 KiB",
    "3.1 MiB",
    "5.0 GiB",
  ]);
});

import { describe, expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "./zoned.ts";

describe("times typed in a zone", () => {
  it.each([
    ["2026-07-01T12:00", "Europe/Berlin", "2026-07-01T10:00:00.000Z"],
    ["2026-12-01T12:00", "Europe/Berlin", "2026-12-01T11:00:00.000Z"],
    ["2026-12-01T12:00", "UTC", "2026-12-01T12:00:00.000Z"],
    ["2026-12-01T12:00", "America/New_York", "2026-12-01T17:00:00.000Z"],
    ["2026-12-01T12:00", "Asia/Kathmandu", "2026-12-01T06:15:00.000Z"],
  ])("reads %s in %s and writes it back", (text, zone, iso) => {
    expect(fromLocalInput(text, zone)).toBe(iso);
    expect(toLocalInput(iso, zone)).toBe(text);
  });

  it("uses the offset of the moment itself on the day the clock changes", () => {
    expect(fromLocalInput("2026-10-25T01:30", "Europe/Berlin")).toBe("2026-10-24T23:30:00.000Z");
    expect(fromLocalInput("2026-10-25T04:30", "Europe/Berlin")).toBe("2026-10-25T03:30:00.000Z");
  });

  it("gives nothing for nothing", () => {
    expect(fromLocalInput("", "UTC")).toBeNull();
    expect(toLocalInput("no time", "UTC")).toBe("");
  });
});

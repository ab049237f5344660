import { describe, expect, it } from "vitest";
import { makeTimeScale } from "./time-scale.ts";

describe("makeTimeScale", () => {
  it("is linear while nothing is idle for long", () => {
    const scale = makeTimeScale({ from: 1_000, to: 2_000 }, [{ from: 1_000, to: 2_000 }]);
    expect(scale.gaps).toEqual([]);
    expect([1_000, 1_250, 2_000].map(scale.place)).toEqual([0, 0.25, 1]);
  });

  it("folds a wait of hours between two short attempts", () => {
    const hour = 3_600_000;
    const scale = makeTimeScale({ from: 0, to: 2 * hour + 2_000 }, [
      { from: 0, to: 1_000 },
      { from: 2 * hour + 1_000, to: 2 * hour + 2_000 },
    ]);
    expect(scale.gaps).toHaveLength(1);
    expect(scale.place(1_000)).toBeCloseTo(0.47);
    expect(scale.place(2 * hour + 1_000)).toBeCloseTo(0.53);
    expect(scale.place(2 * hour + 2_000)).toBeCloseTo(1);
  });

  it("never goes back", () => {
    const scale = makeTimeScale({ from: 0, to: 100_000 }, [
      { from: 10, to: 20 },
      { from: 50_000, to: 50_100 },
      { from: 99_000, to: 99_010 },
    ]);
    const places = Array.from({ length: 1_000 }, (_, index) => scale.place(index * 100));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThanOrEqual(1);
  });

  it("puts its ticks outside of what is folded", () => {
    const scale = makeTimeScale({ from: 0, to: 10_000_000 }, [{ from: 0, to: 4_000 }]);
    expect(scale.ticks.length).toBeGreaterThan(1);
    expect(scale.ticks.length).toBeLessThan(14);
    expect(scale.ticks.every((tick) => tick.offsetMs <= 4_000)).toBe(true);
  });

  it("draws an instant", () => {
    const scale = makeTimeScale({ from: 5, to: 5 }, []);
    expect(scale.place(5)).toBe(0);
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { makeTimeScale } from "./time-scale.ts";
import { readZoom, timeAt, within, writeZoom } from "./zoom.ts";

it("the moment at a place is drawn at that place, folded stretches or not", () => {
  const whole = { from: 1_000, to: 7_200_000 };
  const scale = makeTimeScale(whole, [
    { from: 1_000, to: 3_000 },
    { from: 7_190_000, to: 7_200_000 },
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(scale.place(timeAt(scale, whole, share))).toBeCloseTo(share, 2);
    }),
  );
});

it("a stretch comes back from the address as it went in", () => {
  expect(readZoom(writeZoom({ from: 1_200, to: 5_400 }, 1_000), 1_000)).toEqual({ from: 1_200, to: 5_400 });
  for (const bad of [null, "", "5", "7-3", "a-b", "1-1"]) expect(readZoom(bad, 0)).toBeNull();
});

it("what lies outside of the window is not drawn", () => {
  expect(within({ from: 0, to: 10 }, { from: 5, to: 20 })).toEqual({ from: 5, to: 10 });
  expect(within({ from: 0, to: 4 }, { from: 5, to: 20 })).toBeNull();
});

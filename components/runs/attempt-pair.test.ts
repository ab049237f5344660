import { expect, it } from "vitest";
import { comparedText, readPair, writePair } from "./attempt-pair.ts";

it("reads back the pair it wrote, of attempts that are there", () => {
  expect(readPair(writePair([1, 3]), [1, 2, 3])).toEqual([1, 3]);
  expect(readPair("1-9", [1, 2, 3])).toBeNull();
  expect(readPair("x", [1])).toBeNull();
  expect(readPair(null, [1])).toBeNull();
});

it("lays out a JSON body by lines, leaves another as it is, and cuts what is too long", () => {
  expect(comparedText({ method: "POST", body: '{"a":1}' })).toContain('"a": 1');
  expect(comparedText({ body: "a=1" })).toContain('"body": "a=1"');
  expect(comparedText(null)).toBe("null");
  expect(comparedText({ body: "x".repeat(200_000) })).toMatch(/too long to compare$/);
});

import { expect, it } from "vitest";
import { paletteScore } from "./palette-score.ts";

const names = ["Dark theme", "Order sync", "Deploy web shop", "Audit deliveries", "Undeliverable mail", "Runs", "Dead letters"];

const found = (search: string) =>
  names
    .map((name) => ({ name, score: paletteScore(name, "", search) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ name }) => name);

it("puts names that begin with what is typed first, then words that do, then names that hold it, then strewn letters", () => {
  const ranked = found("de");
  expect(ranked.slice(0, 2).toSorted()).toEqual(["Dead letters", "Deploy web shop"]);
  expect(ranked[2]).toBe("Audit deliveries");
  expect(ranked.slice(3, 5).toSorted()).toEqual(["Order sync", "Undeliverable mail"]);
  expect(ranked[5]).toBe("Dark theme");
  expect(ranked).not.toContain("Runs");
});

it("takes several words as the beginnings of words, in any order", () => {
  expect(found("shop dep")).toEqual(["Deploy web shop"]);
  expect(found("zzz")).toEqual([]);
});

it("finds an id by a stretch of it, and not by letters that happen to be in it", () => {
  const id = "0193b2c0-dead-7000-8000-00000000beef";
  expect(paletteScore("Refunds", id, "DEAD-7000")).toBe(0.5);
  expect(paletteScore("Refunds", id, id)).toBe(0.5);
  expect(paletteScore("Refunds", id, "beg")).toBe(0);
  expect(paletteScore("Refunds", id, "de")).toBeLessThan(0.1);
});

it("stays between 0 and 1", () => {
  for (const name of names) for (const search of ["d", "de", name, "e"]) expect(paletteScore(name, "", search)).toBeLessThanOrEqual(1);
});

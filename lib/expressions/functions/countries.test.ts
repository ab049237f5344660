import { getCountries } from "libphonenumber-js";
import { expect, it } from "vitest";
import { isCountry } from "./countries.ts";

it("knows the countries the phone library knows, and no others", () => {
  expect(getCountries().every(isCountry)).toBe(true);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  expect(codes.filter(isCountry)).toHaveLength(getCountries().length);
  expect(["fr", "FRA", ""].some(isCountry)).toBe(false);
});

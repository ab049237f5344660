import { expect, it } from "vitest";
import { isFiltered, pillsOf, type RunFilter, toRunsQuery } from "./filter.ts";

const none: RunFilter = {
  status: [],
  workflow: null,
  version: null,
  trigger: [],
  mode: null,
  node: null,
  error: null,
  key: null,
  field: null,
  attr: null,
  longer: null,
  attempts: null,
  replayed: null,
  by: null,
  last: null,
  from: null,
  to: null,
  q: "",
};

it("a list without filters says so", () => {
  expect(isFiltered(none)).toBe(false);
  expect(pillsOf(none)).toEqual([]);
});

it("each filter counts, a false one too", () => {
  expect(isFiltered({ ...none, replayed: false })).toBe(true);
  expect(isFiltered({ ...none, trigger: ["webhook"] })).toBe(true);
  expect(pillsOf({ ...none, replayed: false }).map(({ text }) => text)).toEqual(["Has no replay"]);
});

it("which time is meant matters only with a range", () => {
  expect(toRunsQuery({ ...none, by: "ended" }, 0).by).toBeNull();
  expect(toRunsQuery({ ...none, by: "ended", last: "1h" }, 3_600_000)).toMatchObject({ by: "ended", from: "1970-01-01T00:00:00.000Z" });
});

it("seconds become milliseconds", () => {
  expect(toRunsQuery({ ...none, longer: 5 }, 0).minDurationMs).toBe(5_000);
});

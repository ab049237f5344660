import { describe, expect, it } from "vitest";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { heldOf, pinOf, type RunPages } from "./run-pages.ts";

const run = (id: string) => ({ id }) as RunSummary;

function pages(...items: { ids: string[]; held?: string[] }[]): RunPages {
  return {
    pageParams: items.map(() => null),
    pages: items.map(({ ids, held }) => ({ items: ids.map(run), nextCursor: null, query: {}, held: held ?? [] })),
  };
}

describe("rows that come up while a list is read", () => {
  it("are none at the first look", () => {
    expect(heldOf([run("b"), run("a")], undefined)).toEqual([]);
  });

  it("are those among and above the rows shown", () => {
    expect(heldOf([run("e"), run("d"), run("c"), run("b")], pages({ ids: ["d", "b"] }))).toEqual(["e", "c"]);
  });

  it("stay held until somebody asks for them", () => {
    expect(heldOf([run("d"), run("c"), run("b")], pages({ ids: ["d", "c", "b"], held: ["c"] }))).toEqual(["c"]);
  });

  it("are not rows that moved up from below because others left", () => {
    expect(heldOf([run("d"), run("b"), run("a")], pages({ ids: ["d", "c", "b"] }))).toEqual([]);
  });

  it("are not rows that moved from one page to the next", () => {
    expect(heldOf([run("c")], pages({ ids: ["e", "d"] }, { ids: ["c", "b"] }))).toEqual([]);
  });

  it("simply appear in a list that was empty", () => {
    expect(heldOf([run("a")], pages({ ids: [] }))).toEqual([]);
  });
});

describe("pinOf", () => {
  it("is just after the newest row, by the time in its id", () => {
    const id = "0192f3a0-7c40-7000-8000-000000000000";
    const made = 0x0192f3a07c40;
    expect(pinOf(pages({ ids: [id] }))).toBe(new Date(made + 1).toISOString());
  });

  it("is nothing while there is no row", () => {
    expect(pinOf(undefined)).toBeNull();
    expect(pinOf(pages({ ids: [] }))).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { type DataSource, dataRows, pageSize, searchRows, treeMove, valueText } from "./data-rows.ts";
import { wordAt } from "./faults.ts";
import { misfit } from "./preview.ts";

const source = (value: DataSource["value"]): DataSource => ({ title: "Trigger", hint: "run", path: "trigger", value });
const state = (...open: string[]) => ({ open: new Set(open), shown: new Map<string, number>() });
const paths = (rows: { path: string }[]) => rows.map((row) => row.path);

describe("dataRows", () => {
  it("shows what is unfolded, with paths that expressions understand", () => {
    const sources = [source({ body: { id: 7, "a-b": { c: [1] } } })];
    expect(paths(dataRows(sources, state()))).toEqual(["trigger"]);
    expect(paths(dataRows(sources, state("trigger", "trigger.body", 'trigger.body["a-b"]', 'trigger.body["a-b"].c')))).toEqual([
      "trigger",
      "trigger.body",
      "trigger.body.id",
      'trigger.body["a-b"]',
      'trigger.body["a-b"].c',
      'trigger.body["a-b"].c[0]',
    ]);
  });

  it("draws a long list page by page and says how much is left", () => {
    const sources = [source(Array.from({ length: pageSize + 7 }, (_, index) => index))];
    const rows = dataRows(sources, state("trigger"));
    expect(rows).toHaveLength(pageSize + 2);
    expect(rows.at(-1)?.more).toEqual({ of: "trigger", left: 7 });
    expect(dataRows(sources, { open: new Set(["trigger"]), shown: new Map([["trigger", 500]]) })).toHaveLength(pageSize + 8);
  });
});

describe("searchRows", () => {
  it("finds names and values at any depth", () => {
    const sources = [source({ body: { city: "Lyon", to: { zip: "69001" } } })];
    expect(paths(searchRows(sources, "lyon"))).toEqual(["trigger.body.city"]);
    expect(paths(searchRows(sources, "ZIP"))).toEqual(["trigger.body.to.zip"]);
    expect(searchRows(sources, "nowhere")).toEqual([]);
  });
});

describe("treeMove", () => {
  const rows = dataRows([source({ body: { id: 7 } })], state("trigger"));

  it("walks, unfolds, and goes back to the parent", () => {
    expect(treeMove("ArrowDown", rows, 0)).toEqual({ do: "go", to: 1 });
    expect(treeMove("ArrowRight", rows, 1)).toEqual({ do: "fold", open: true });
    expect(treeMove("ArrowLeft", rows, 1)).toEqual({ do: "go", to: 0 });
    expect(treeMove("ArrowLeft", rows, 0)).toEqual({ do: "fold", open: false });
    expect(treeMove("Enter", rows, 1)).toEqual({ do: "use" });
    expect(treeMove("x", rows, 1)).toBeNull();
  });
});

it("tells values of any kind in one line", () => {
  expect(valueText({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toBe("{ a, b, c, d, … }");
  expect(valueText([1])).toBe("1 item");
  expect(valueText("x")).toBe('"x"');
});

it("underlines the path a fault is in, or the one character", () => {
  expect(wordAt("{{ trigger.body.idd }}", 15)).toEqual({ from: 3, to: 19 });
  expect(wordAt("1 + ", 2)).toEqual({ from: 2, to: 3 });
  expect(wordAt("", 5)).toEqual({ from: 0, to: 0 });
});

it("says when a value is of another kind than is needed", () => {
  expect(misfit([1], "list")).toBeNull();
  expect(misfit(5, "text")).toBeNull();
  expect(misfit("yes", "true or false")).toBe("For this sample it gives a text; true or false is needed here");
  expect(misfit(null, "list")).toBe("For this sample it gives nothing (null); a list is needed here");
  expect(misfit({}, null)).toBeNull();
});

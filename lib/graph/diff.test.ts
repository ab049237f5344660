import { expect, test } from "vitest";
import { diffDocuments } from "./diff.ts";
import { documentOf } from "./test-documents.ts";

const start = { id: "start", type: "manual" };
const call = { id: "call", type: "http-request", name: "Call", config: { method: "GET", url: "https://a" } };
const before = documentOf([start, call], ["start -> call"]);

test("equal documents differ in nothing", () => {
  expect(diffDocuments(before, documentOf([start, call], ["start -> call"]))).toEqual({
    nodes: [],
    edges: { added: [], removed: [] },
    settings: [],
    layoutOnly: true,
  });
});

test("names each value that changed", () => {
  const after = documentOf(
    [start, { ...call, config: { method: "POST", url: "https://a", body: { a: 1 } }, policy: { timeoutMs: 5 } }],
    ["start -> call"],
  );
  const diff = diffDocuments(before, after);
  expect(diff.nodes).toEqual([
    {
      nodeId: "call",
      name: "Call",
      type: "http-request",
      kind: "changed",
      fields: [
        { path: "config.method", before: "GET", after: "POST" },
        { path: "config.body", before: null, after: { a: 1 } },
        { path: "policy.timeoutMs", before: null, after: 5 },
      ],
    },
  ]);
  expect(diff.layoutOnly).toBe(false);
});

test("tells added, removed and moved nodes apart", () => {
  const after = documentOf(
    [
      { ...start, position: { x: 5, y: 0 } },
      { id: "new", type: "set" },
    ],
    ["start -> new"],
  );
  const diff = diffDocuments(before, after);
  expect(diff.nodes.map(({ nodeId, kind }) => [nodeId, kind])).toEqual([
    ["start", "moved"],
    ["new", "added"],
    ["call", "removed"],
  ]);
  expect(diff.edges.added.map(({ target }) => target)).toEqual(["new"]);
  expect(diff.edges.removed.map(({ target }) => target)).toEqual(["call"]);
});

test("moving nodes alone is layout only; another setting is not", () => {
  const moved = documentOf([{ ...start, position: { x: 5, y: 0 } }, call], ["start -> call"]);
  expect(diffDocuments(before, moved).layoutOnly).toBe(true);
  const settings = { ...moved.settings, onFailure: "continue" as const };
  expect(diffDocuments(before, { ...moved, settings })).toMatchObject({
    settings: [{ path: "onFailure", before: "stop", after: "continue" }],
    layoutOnly: false,
  });
});

import { describe, expect, test } from "vitest";
import { documentSchema, type WorkflowDocument } from "./document.ts";
import { mergeDocuments } from "./merge.ts";

const base = documentSchema.parse({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "call", type: "http-request", name: "Call", config: { method: "GET", url: "https://a.example", headers: [] } },
    { id: "give", type: "set", name: "Give", config: { values: { a: 1 } } },
  ],
  edges: [
    { id: "e1", source: "start", target: "call" },
    { id: "e2", source: "call", target: "give" },
  ],
  stickyNotes: [{ id: "n1", text: "Ask Ada", position: { x: 0, y: 0 }, width: 200, height: 100, colour: "yellow" }],
});

type Node = WorkflowDocument["nodes"][number];

function withNode(document: WorkflowDocument, id: string, change: Partial<Node>): WorkflowDocument {
  return { ...document, nodes: document.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) };
}

function without(document: WorkflowDocument, id: string): WorkflowDocument {
  return {
    ...document,
    nodes: document.nodes.filter((node) => node.id !== id),
    edges: document.edges.filter((edge) => edge.source !== id && edge.target !== id),
  };
}

const nodeOf = (document: WorkflowDocument, id: string) => document.nodes.find((node) => node.id === id);

describe("joining two drafts that began as one", () => {
  test("edits of different steps are both kept, without a question", () => {
    const mine = withNode(base, "give", { name: "Give it" });
    const theirs = withNode(base, "call", { notes: "Slow on Mondays" });
    const { document, collisions } = mergeDocuments({ base, mine, theirs });
    expect(collisions).toEqual([]);
    expect(nodeOf(document, "give")?.name).toBe("Give it");
    expect(nodeOf(document, "call")?.notes).toBe("Slow on Mondays");
    expect(documentSchema.parse(document)).toEqual(document);
  });

  test("edits of different fields of one step are both kept", () => {
    const mine = withNode(base, "call", { config: { method: "GET", url: "https://mine.example", headers: [] } });
    const theirs = withNode(base, "call", { config: { method: "POST", url: "https://a.example", headers: [] }, disabled: true });
    const { document, collisions } = mergeDocuments({ base, mine, theirs });
    expect(collisions).toEqual([]);
    expect(nodeOf(document, "call")).toMatchObject({ config: { method: "POST", url: "https://mine.example" }, disabled: true });
  });

  test("a field that both changed is a question, and the answer is followed", () => {
    const mine = withNode(base, "give", { config: { values: { a: 2 } } });
    const theirs = withNode(base, "give", { config: { values: { a: 3 } } });
    const asked = mergeDocuments({ base, mine, theirs });
    const key = "node give config.values";
    expect(asked.collisions).toEqual([{ key, nodeId: "give", field: "config.values", mine: { a: 2 }, theirs: { a: 3 } }]);
    expect(nodeOf(asked.document, "give")?.config).toEqual({ values: { a: 2 } });
    const answered = mergeDocuments({ base, mine, theirs }, (asking) => (asking === key ? "theirs" : "mine"));
    expect(nodeOf(answered.document, "give")?.config).toEqual({ values: { a: 3 } });
  });

  test("the same edit on both sides is no question", () => {
    const both = withNode(base, "give", { name: "Same" });
    expect(mergeDocuments({ base, mine: both, theirs: structuredClone(both) })).toEqual({ document: both, collisions: [] });
  });

  test("a step deleted on one side is gone when the other left it alone, with its wires", () => {
    const mine = withNode(base, "call", { name: "Fetch" });
    const { document, collisions } = mergeDocuments({ base, mine, theirs: without(base, "give") });
    expect(collisions).toEqual([]);
    expect(document.nodes.map((node) => node.name)).toEqual(["Start", "Fetch"]);
    expect(document.edges.map((edge) => edge.id)).toEqual(["e1"]);
  });

  test("a step deleted on one side and changed on the other is a question", () => {
    const mine = without(base, "give");
    const theirs = withNode(base, "give", { name: "Give more" });
    const { document, collisions } = mergeDocuments({ base, mine, theirs });
    expect(collisions).toMatchObject([{ key: "node give", nodeId: "give", field: "", mine: null }]);
    expect(nodeOf(document, "give")).toBeUndefined();
    const kept = mergeDocuments({ base, mine, theirs }, () => "theirs");
    expect(nodeOf(kept.document, "give")?.name).toBe("Give more");
  });

  test("steps and wires added on either side are all there", () => {
    const added = (id: string): WorkflowDocument => ({
      ...base,
      nodes: [...base.nodes, { ...(base.nodes[2] as Node), id, name: id }],
      edges: [...base.edges, { id: `e_${id}`, source: "start", sourcePort: "out", target: id }],
    });
    const { document } = mergeDocuments({ base, mine: added("m"), theirs: added("t") });
    expect(document.nodes.map((node) => node.id)).toEqual(["start", "call", "give", "t", "m"]);
    expect(document.edges.map((edge) => edge.id)).toEqual(["e1", "e2", "e_t", "e_m"]);
  });

  test("a wire cut on one side stays cut", () => {
    const mine = { ...base, edges: base.edges.slice(1) };
    const { document } = mergeDocuments({ base, mine, theirs: withNode(base, "give", { name: "Other" }) });
    expect(document.edges.map((edge) => edge.id)).toEqual(["e2"]);
  });

  test("a step moved on both sides stands where mine does, without a question", () => {
    const mine = withNode(base, "give", { position: { x: 10, y: 10 } });
    const theirs = withNode(base, "give", { position: { x: 90, y: 90 } });
    const { document, collisions } = mergeDocuments({ base, mine, theirs });
    expect(collisions).toEqual([]);
    expect(nodeOf(document, "give")?.position).toEqual({ x: 10, y: 10 });
  });

  test("settings, notes for people and pins are joined, too", () => {
    const mine = { ...base, settings: { ...base.settings, concurrency: 3 }, testing: { pins: { call: { output: 1, port: "out" } } } };
    const theirs = { ...base, settings: { ...base.settings, concurrency: 4, priority: "high" as const }, stickyNotes: [] };
    const { document, collisions } = mergeDocuments({ base, mine, theirs });
    expect(collisions).toMatchObject([{ nodeId: null, field: "concurrency", mine: 3, theirs: 4 }]);
    expect(document).toMatchObject({ settings: { concurrency: 3, priority: "high" }, testing: { pins: { call: { output: 1 } } } });
    expect(document.stickyNotes).toBeUndefined();
  });

  test("null is a value: it is neither lost nor taken for an absent field", () => {
    const mine = withNode(base, "give", { config: { values: null } });
    const { document } = mergeDocuments({ base, mine, theirs: withNode(base, "call", { connectionId: null, name: "X" }) });
    expect(nodeOf(document, "give")?.config).toEqual({ values: null });
    expect(nodeOf(document, "call")).toHaveProperty("connectionId", null);
  });
});

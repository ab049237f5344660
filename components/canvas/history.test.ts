import { describe, expect, it } from "vitest";
import { addNode } from "./commands/add-node.ts";
import { renameNode } from "./commands/edit-node.ts";
import { nudgeNodes } from "./commands/move-nodes.ts";
import { definitionOf, graph } from "./graph-fixture.ts";
import { burstMs } from "./history.ts";
import { createEditorStore } from "./store.ts";

function open() {
  let nowMs = 1_000_000;
  const store = createEditorStore({ document: graph({ a: "set", b: "set" }) }, () => nowMs);
  return { store, pass: (ms: number) => (nowMs += ms), get: () => store.getState() };
}

describe("undo and redo", () => {
  it("goes back to the start over more than 50 edits and forward to the end again", () => {
    const { store, get } = open();
    const start = get().document;
    for (let i = 0; i < 60; i++) get().apply("Move a", (document) => nudgeNodes(document, ["a"], { x: 20, y: 0 }));
    const end = get().document;
    for (let i = 0; i < 60; i++) store.getState().undo();
    expect(get().document).toBe(start);
    expect(get().undo()).toBeNull();
    for (let i = 0; i < 60; i++) store.getState().redo();
    expect(get().document).toBe(end);
    expect(get().redo()).toBeNull();
  });

  it("takes a burst of keystrokes in one field back in one step", () => {
    const { pass, get } = open();
    for (const name of ["L", "Lo", "Loo", "Look"]) {
      get().apply("Rename", (document) => renameNode(document, "a", name), { burstKey: "a.name" });
      pass(200);
    }
    get().undo();
    expect(get().document.nodes[0]?.name).toBe("a");
  });

  it("keeps two fields, and two bursts, apart", () => {
    const { pass, get } = open();
    get().apply("Rename", (document) => renameNode(document, "a", "x"), { burstKey: "a.name" });
    get().apply("Rename", (document) => renameNode(document, "b", "y"), { burstKey: "b.name" });
    pass(burstMs + 1);
    get().apply("Rename", (document) => renameNode(document, "b", "yy"), { burstKey: "b.name" });
    get().undo();
    expect(get().document.nodes.map((node) => node.name)).toEqual(["x", "y"]);
    get().undo();
    expect(get().document.nodes.map((node) => node.name)).toEqual(["x", "b"]);
  });

  it("does not join an edit made after an undo", () => {
    const { get } = open();
    get().apply("Rename", (document) => renameNode(document, "a", "x"), { burstKey: "a.name" });
    get().undo();
    get().apply("Rename", (document) => renameNode(document, "a", "z"), { burstKey: "a.name" });
    expect(get().history.future).toEqual([]);
    get().undo();
    expect(get().document.nodes[0]?.name).toBe("a");
  });

  it("has no entry for selecting, nor for an edit that changed nothing", () => {
    const { get } = open();
    get().select({ nodeIds: ["a"] });
    get().apply("Rename", (document) => renameNode(document, "a", "a"));
    expect(get().history.past).toEqual([]);
  });

  it("drops what undo removed from the selection", () => {
    const { get } = open();
    let added = "";
    get().apply("Add", (document) => {
      const result = addNode(document, definitionOf("set"), { x: 0, y: 300 });
      added = result.nodeId;
      return result.document;
    });
    get().select({ nodeIds: ["a", added] });
    get().set({ activeNodeId: added });
    expect(get().undo()).toBe("Add");
    expect(get().selection.nodeIds).toEqual(["a"]);
    expect(get().activeNodeId).toBeNull();
  });

  it("edits nothing in a read-only editor", () => {
    const store = createEditorStore({ document: graph({ a: "set" }), readOnly: true });
    const before = store.getState().document;
    store.getState().apply("Rename", (document) => renameNode(document, "a", "x"));
    expect(store.getState().document).toBe(before);
  });
});

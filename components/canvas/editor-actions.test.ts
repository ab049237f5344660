import { describe, expect, it } from "vitest";
import {
  addType,
  addWire,
  commitDrag,
  copySelection,
  cutSelection,
  deleteSelection,
  duplicateSelection,
  nudgeSelection,
  pasteText,
  selectAll,
  selectReachable,
  tidyUp,
  toggleSelectionDisabled,
} from "./editor-actions.ts";
import { definitionOf, graph, wiresOf } from "./graph-fixture.ts";
import { createEditorStore } from "./store.ts";

function open() {
  const store = createEditorStore(
    { document: graph({ hook: "webhook", call: "http-request", note: "set" }, ["hook > call", "call > note"]) },
    () => 1_000,
  );
  return { store, get: () => store.getState() };
}

describe("editor actions", () => {
  it("twelve mixed edits are undone to the start and redone to the same end", async () => {
    const { store, get } = open();
    const start = get().document;
    const added = addType(store, definitionOf("set"), { from: { nodeId: "note" } });
    addWire(store, { source: "call", sourcePort: "error", target: added });
    nudgeSelection(store, { x: 20, y: 0 });
    commitDrag(store, new Map([["hook", { x: -40, y: 20 }]]));
    toggleSelectionDisabled(store);
    duplicateSelection(store);
    const text = copySelection(store);
    pasteText(store, text ?? "", { x: 0, y: 600 });
    deleteSelection(store, { join: true });
    get().select({ nodeIds: ["call"] });
    deleteSelection(store, { join: true });
    await tidyUp(store);
    addType(store, definitionOf("if"), { edgeId: "e_hook_call", position: { x: 0, y: 900 } });
    const end = get().document;
    const labels = get().history.past.map((entry) => entry.label);
    expect(labels).toHaveLength(11);
    while (get().undo() !== null);
    expect(get().document).toBe(start);
    while (get().redo() !== null);
    expect(get().document).toBe(end);
  });

  it("selects what was added, so that the next key press acts on it", () => {
    const { store, get } = open();
    const added = addType(store, definitionOf("set"), {});
    expect(get().selection.nodeIds).toEqual([added]);
    expect(get().activeNodeId).toBe(added);
  });

  it("says why a wire is refused and changes nothing", () => {
    const { store, get } = open();
    const before = get().document;
    expect(addWire(store, { source: "note", sourcePort: "out", target: "call" })).toMatch(/loop/);
    expect(get().document).toBe(before);
    expect(get().history.past).toEqual([]);
  });

  it("cuts and joins, then pastes elsewhere", () => {
    const { store, get } = open();
    get().select({ nodeIds: ["call"] });
    const text = cutSelection(store);
    expect(wiresOf(get().document)).toEqual(["hook > note"]);
    expect(pasteText(store, text ?? "", { x: 100, y: 400 })).toBe(true);
    expect(get().document.nodes.at(-1)).toMatchObject({ type: "http-request", name: "call", position: { x: 100, y: 400 } });
  });

  it("leaves out a connection this workspace does not have", () => {
    const { store, get } = open();
    get().apply("connect", (document) => ({
      ...document,
      nodes: document.nodes.map((node) => (node.id === "call" ? { ...node, connectionId: "00000000-0000-7000-8000-000000000001" } : node)),
    }));
    get().select({ nodeIds: ["call"] });
    pasteText(store, copySelection(store) ?? "", { x: 0, y: 0 });
    expect(get().document.nodes.at(-1)?.connectionId).toBeNull();
  });

  it("does not paste what is not ours", () => {
    const { store, get } = open();
    expect(pasteText(store, "hello", { x: 0, y: 0 })).toBe(false);
    expect(get().document.nodes).toHaveLength(3);
  });

  it("selects everything, or everything behind a step", () => {
    const { store, get } = open();
    selectReachable(store, "call", "downstream");
    expect(get().selection.nodeIds).toEqual(["call", "note"]);
    selectReachable(store, "call", "upstream");
    expect(get().selection.nodeIds).toEqual(["call", "hook"]);
    selectAll(store);
    expect(get().selection.nodeIds).toHaveLength(3);
  });

  it("copies nothing when nothing is selected", () => {
    const { store } = open();
    expect(copySelection(store)).toBeNull();
    expect(cutSelection(store)).toBeNull();
  });
});

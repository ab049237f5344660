import type { MenuEntry } from "#components/ui/menu.tsx";
import { keysInWords } from "#components/ui/shortcuts.ts";
import { pinOf } from "../commands/pins.ts";
import { nodeOf } from "../document-index.ts";
import {
  copySelection,
  cutSelection,
  deleteSelection,
  duplicateSelection,
  selectAll,
  selectReachable,
  tidyUp,
  toggleSelectionDisabled,
  unpin,
} from "../editor-actions.ts";
import { isTrigger } from "../node-ports.ts";
import { partRefusal, scopeNames, type TestScope } from "../run/partial-run.ts";
import type { RunHandle } from "../run/use-run.ts";
import type { EditorStore } from "../store.ts";

export interface StepMenuActions {
  run: RunHandle;
  openSettings(nodeId: string): void;
  rename(nodeId: string): void;
  copy(text: string): void;
}

export interface PaneMenuActions {
  paste(): void;
  addHere(): void;
  addNoteHere(): void;
}

/** Everything that can be done to a step (with the selection it belongs to), with the keys that do the same. */
export function stepMenu(store: EditorStore, nodeId: string, actions: StepMenuActions): MenuEntry[] {
  const { document, selection } = store.getState();
  const disabled = nodeOf(document, nodeId)?.disabled === true;
  const several = selection.nodeIds.length > 1;
  const copy = (text: string | null) => {
    if (text !== null) actions.copy(text);
  };
  return [
    { label: "Settings", shortcut: "Enter", onSelect: () => actions.openSettings(nodeId) },
    { label: "Rename", shortcut: "F2", onSelect: () => actions.rename(nodeId) },
    { label: "Connect to…", shortcut: "c", onSelect: () => store.getState().set({ connectingFrom: nodeId }) },
    { label: "Add a step after", shortcut: "a", onSelect: () => store.getState().set({ search: { from: { nodeId } } }) },
    { type: "separator" },
    ...testEntries(store, nodeId, actions.run),
    { type: "separator" },
    { label: disabled ? "Enable" : "Disable", shortcut: "d", onSelect: () => toggleSelectionDisabled(store) },
    { label: "Duplicate", shortcut: "Ctrl D", onSelect: () => duplicateSelection(store) },
    { label: "Copy", shortcut: "Ctrl C", onSelect: () => copy(copySelection(store)) },
    { label: "Cut", shortcut: "Ctrl X", onSelect: () => copy(cutSelection(store)) },
    { type: "separator" },
    { label: "Select everything before", onSelect: () => selectReachable(store, nodeId, "upstream") },
    { label: "Select everything behind", onSelect: () => selectReachable(store, nodeId, "downstream") },
    ...(several ? [{ label: "Tidy up the selection", shortcut: "Shift 1", onSelect: () => tidyUp(store) }] : []),
    { type: "separator" },
    { label: "Delete and join its neighbours", shortcut: "Del", danger: true, onSelect: () => deleteSelection(store, { join: true }) },
    { label: "Delete without joining", shortcut: "Ctrl Del", danger: true, onSelect: () => deleteSelection(store, { join: false }) },
  ];
}

/** Tests of a part, and what tests take instead of running the step. */
function testEntries(store: EditorStore, nodeId: string, run: RunHandle): MenuEntry[] {
  const { document, overlay, testedItems: items } = store.getState();
  const scopes: TestScope[] = ["to", "only", "from"];
  const parts = scopes.map((scope): MenuEntry => {
    const disabledReason = partRefusal({ document, nodeId, scope, run: run.view, items });
    const shortcut = scope === "to" ? { shortcut: keysInWords("$mod+Shift+Enter") } : {};
    return { label: scopeNames[scope], ...shortcut, disabledReason, onSelect: () => run.startPart(nodeId, scope) };
  });
  const node = nodeOf(document, nodeId);
  if (node === undefined || isTrigger(node)) return parts;
  const pinned = pinOf(document, nodeId) !== undefined;
  if (pinned) return [...parts, { label: "Unpin its output", onSelect: () => unpin(store, nodeId) }];
  const gave = overlay?.nodes.get(nodeId)?.port != null;
  const disabledReason = gave ? null : "In the shown run the step gave nothing";
  return [...parts, { label: "Pin its output for tests", disabledReason, onSelect: () => run.pin(nodeId) }];
}

/** What can be done to the canvas itself. */
export function paneMenu(store: EditorStore, actions: PaneMenuActions): MenuEntry[] {
  return [
    { label: "Add a step here", shortcut: "/", onSelect: actions.addHere },
    { label: "Add a note here", shortcut: "n", onSelect: actions.addNoteHere },
    { label: "Paste", shortcut: "Ctrl V", onSelect: actions.paste },
    { type: "separator" },
    { label: "Select everything", shortcut: "Ctrl A", onSelect: () => selectAll(store) },
    { label: "Tidy up", shortcut: "Shift 1", onSelect: () => tidyUp(store) },
  ];
}

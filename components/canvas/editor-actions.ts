import type { NodeDefinition } from "#lib/nodes/define.ts";
import { type Clipping, clip, readClipping, writeClipping } from "./clipboard.ts";
import { type Added, addAfter, addNode, dropOnEdge, insertOnEdge } from "./commands/add-node.ts";
import { connect, reconnect } from "./commands/connect.ts";
import { deleteEdges, deleteNodes } from "./commands/delete-elements.ts";
import { toggleDisabled } from "./commands/edit-node.ts";
import { nudgeNodes, type Point, placeNodes } from "./commands/move-nodes.ts";
import { duplicate, type Pasted, paste } from "./commands/paste.ts";
import { setPin } from "./commands/pins.ts";
import { addNote, placeNotes } from "./commands/sticky-notes.ts";
import { refusalOf, type Wire } from "./connection-rules.ts";
import { nodeOf, reachable } from "./document-index.ts";
import type { EditorStore, NodeSearch } from "./store.ts";

/*
 * What mouse, keyboard, menus and outline can do. Each is one entry of undo, whichever way it was asked for.
 */

function steps(count: number): string {
  return count === 1 ? "step" : `${count} steps`;
}

/** Adds a node of a type the way the open search (or a drop) asks for, and selects it. */
export function addType(store: EditorStore, definition: NodeDefinition, target: NodeSearch): string {
  const { document, apply } = store.getState();
  const added = make(document, definition, target);
  apply(`Add ${definition.title}`, () => added.document);
  store.getState().select({ nodeIds: [added.nodeId] });
  store.getState().set({ activeNodeId: added.nodeId, search: null });
  return added.nodeId;
}

function make(document: Parameters<typeof addNode>[0], definition: NodeDefinition, target: NodeSearch): Added {
  if (target.edgeId !== undefined) return insertOnEdge(document, definition, target.edgeId, target.position);
  if (target.from !== undefined) return addAfter(document, definition, target.from, target.position);
  return addNode(document, definition, target.position ?? { x: 0, y: 0 });
}

/** Draws a wire. Returns why it may not be, for the person who tried. */
export function addWire(store: EditorStore, wire: Wire): string | null {
  const refusal = refusalOf(store.getState().document, wire);
  if (refusal === null) store.getState().apply("Connect", (document) => connect(document, wire));
  return refusal;
}

/** Moves an end of an edge. Returns why it may not be. */
export function moveWire(store: EditorStore, edgeId: string, wire: Wire): string | null {
  const refusal = refusalOf(store.getState().document, wire, edgeId);
  if (refusal === null) store.getState().apply("Reconnect", (document) => reconnect(document, edgeId, wire));
  return refusal;
}

export function removeEdge(store: EditorStore, edgeId: string): void {
  store.getState().apply("Delete connection", (document) => deleteEdges(document, [edgeId]));
}

/** Deletes what is selected. With `join`, the neighbours of deleted steps are wired to each other. */
export function deleteSelection(store: EditorStore, options: { join: boolean }): void {
  const { selection, apply } = store.getState();
  const { nodeIds, edgeIds } = selection;
  if (nodeIds.length === 0 && edgeIds.length === 0) return;
  const label = nodeIds.length === 0 ? "Delete connection" : `Delete ${steps(nodeIds.length)}`;
  apply(label, (document) => deleteNodes(deleteEdges(document, edgeIds), nodeIds, options));
}

/** Moves nodes to where a drag left them. */
export function commitDrag(store: EditorStore, positions: ReadonlyMap<string, Point>): void {
  const label = [...positions.keys()].some((id) => nodeOf(store.getState().document, id)) ? `Move ${steps(positions.size)}` : "Move note";
  store.getState().apply(label, (document) => placeNotes(placeNodes(document, positions), positions));
}

/** Moves the selection by keyboard; holding the key down is one entry of undo. */
export function nudgeSelection(store: EditorStore, by: Point): void {
  const { selection, apply } = store.getState();
  const { nodeIds } = selection;
  if (nodeIds.length === 0) return;
  apply(`Move ${steps(nodeIds.length)}`, (document) => nudgeNodes(document, nodeIds, by), { burstKey: `nudge ${nodeIds.join()}` });
}

export function toggleSelectionDisabled(store: EditorStore): void {
  const { selection, apply, document } = store.getState();
  const { nodeIds } = selection;
  const anyEnabled = nodeIds.some((id) => nodeOf(document, id)?.disabled === false);
  apply(`${anyEnabled ? "Disable" : "Enable"} ${steps(nodeIds.length)}`, (current) => toggleDisabled(current, nodeIds));
}

/** The selection as clipboard text; null when no step is selected. */
export function copySelection(store: EditorStore): string | null {
  const { document, selection } = store.getState();
  const clipping = clip(document, selection.nodeIds);
  return clipping.nodes.length === 0 ? null : writeClipping(clipping);
}

/** The same, and the steps are gone afterwards. */
export function cutSelection(store: EditorStore): string | null {
  const text = copySelection(store);
  if (text !== null) deleteSelection(store, { join: true });
  return text;
}

/** Pastes clipboard text at a place on the canvas. False when the text is not ours. */
export function pasteText(store: EditorStore, text: string, at: Point): boolean {
  const clipping = readClipping(text);
  if (clipping === null) return false;
  addCopies(store, `Paste ${steps(clipping.nodes.length)}`, (document) => paste(document, knownConnections(store, clipping), at));
  return true;
}

// A step from another workspace must not point to a connection nobody here can see.
function knownConnections(store: EditorStore, clipping: Clipping): Clipping {
  const known = new Set(store.getState().connections.map((connection) => connection.id));
  const nodes = clipping.nodes.map((node) =>
    node.connectionId !== null && !known.has(node.connectionId) ? { ...node, connectionId: null } : node,
  );
  return { ...clipping, nodes };
}

export function duplicateSelection(store: EditorStore): void {
  const { nodeIds } = store.getState().selection;
  if (nodeIds.length > 0) addCopies(store, `Duplicate ${steps(nodeIds.length)}`, (document) => duplicate(document, nodeIds));
}

function addCopies(store: EditorStore, label: string, copy: (document: Pasted["document"]) => Pasted): void {
  const { document, apply, select, set } = store.getState();
  const pasted = copy(document);
  apply(label, () => pasted.document);
  select({ nodeIds: pasted.nodeIds });
  set({ activeNodeId: pasted.nodeIds[0] ?? null });
}

/** Tests run the step again instead of taking its pinned output. */
export function unpin(store: EditorStore, nodeId: string): void {
  store.getState().apply("Unpin output", (document) => setPin(document, nodeId, undefined));
}

/** Puts an unwired step into an edge, where it was dropped. */
export function splice(store: EditorStore, nodeId: string, edgeId: string): void {
  store.getState().apply("Insert step", (document) => dropOnEdge(document, nodeId, edgeId));
}

export function selectAll(store: EditorStore): void {
  const { document, select } = store.getState();
  select({ nodeIds: document.nodes.map((node) => node.id), edgeIds: [] });
}

/** Selects a node and everything before or behind it. */
export function selectReachable(store: EditorStore, nodeId: string, direction: "upstream" | "downstream"): void {
  const { document, select } = store.getState();
  select({ nodeIds: [nodeId, ...reachable(document, nodeId, direction)] });
}

/** Arranges the selection, or everything when fewer than two steps are selected. */
export async function tidyUp(store: EditorStore): Promise<void> {
  // The layout library is as large as the rest of the canvas, and few ask for it.
  const { tidy } = await import("./commands/tidy.ts");
  const { selection, apply } = store.getState();
  const some = selection.nodeIds.length > 1 ? selection.nodeIds : undefined;
  apply("Tidy up", (document) => tidy(document, some));
}

/** Puts an empty note on the canvas and gives its id. */
export function addStickyNote(store: EditorStore, at: Point): string {
  const added = addNote(store.getState().document, at);
  store.getState().apply("Add note", () => added.document);
  return added.noteId;
}

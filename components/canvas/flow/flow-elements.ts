import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { StickyNote, WorkflowDocument, WorkflowEdge, WorkflowNode } from "#lib/graph/document.ts";
import { nodeOf } from "../document-index.ts";
import { type Frame, framesOf } from "../frames.ts";
import { handlePlaces, handleSize, nodeHeight, nodeWidth } from "../geometry.ts";
import { portsOf } from "../node-ports.ts";

export type StepFlowNode = Node<Record<string, never>, "step">;
export type NoteFlowNode = Node<{ note: StickyNote }, "note">;
export type FrameFlowNode = Node<{ frame: Frame }, "frame">;
export type CanvasFlowNode = StepFlowNode | NoteFlowNode | FrameFlowNode;
export type StepFlowEdge = Edge<{ failure: boolean }, "step">;

const noData: Record<string, never> = {};

/**
 * The nodes React Flow draws. Objects of unchanged nodes are kept, because React Flow compares by identity; the
 * settings of a step are not in here at all: each drawn node reads its own from the store. Sizes and handles are told rather
 * than measured: React Flow would draw everything a second time after measuring it.
 */
export function toFlowNodes(document: WorkflowDocument, selectedIds: readonly string[], previous: StepFlowNode[]): StepFlowNode[] {
  const selected = new Set(selectedIds);
  const known = new Map(previous.map((node) => [node.id, node]));
  const next = document.nodes.map((node): StepFlowNode => {
    const old = known.get(node.id);
    const handles = toHandles(document, node);
    if (old !== undefined && isSame(old, node, handles, selected.has(node.id))) return old;
    return {
      ...(old ?? { data: noData, type: "step", measured: { width: nodeWidth, height: nodeHeight(document, node) } }),
      id: node.id,
      position: node.position,
      handles,
      selected: selected.has(node.id),
    };
  });
  return unlessSame(next, previous);
}

function isSame(old: StepFlowNode, node: WorkflowNode, handles: NodeHandle[], selected: boolean): boolean {
  const samePlace = old.position.x === node.position.x && old.position.y === node.position.y;
  return samePlace && (old.selected ?? false) === selected && sameHandles(old.handles ?? [], handles);
}

function sameHandles(a: NodeHandle[], b: NodeHandle[]): boolean {
  return a.length === b.length && a.every((handle, index) => handle.id === b[index]?.id && handle.y === b[index]?.y);
}

function toHandles(document: WorkflowDocument, node: WorkflowNode): NodeHandle[] {
  return handlePlaces(document, node).map(({ type, port, x, y }) => ({
    type,
    id: port,
    position: type === "source" ? Position.Right : Position.Left,
    x: x - handleSize / 2,
    y: y - handleSize / 2,
    width: handleSize,
    height: handleSize,
  }));
}

/** The notes React Flow draws, behind the steps. */
export function toFlowNotes(document: WorkflowDocument, previous: NoteFlowNode[]): NoteFlowNode[] {
  const known = new Map(previous.map((node) => [node.id, node]));
  const next = (document.stickyNotes ?? []).map((note): NoteFlowNode => {
    const old = known.get(note.id);
    if (old?.data.note === note) return old;
    const { id, position, width, height } = note;
    return { id, type: "note", position, width, height, zIndex: -1, selectable: false, data: { note } };
  });
  return unlessSame(next, previous);
}

/** The frames of loops React Flow draws behind notes and steps, around where the steps are drawn now. */
export function toFlowFrames(document: WorkflowDocument, drawn: StepFlowNode[], previous: FrameFlowNode[]): FrameFlowNode[] {
  const places = new Map(drawn.map((node) => [node.id, node.position]));
  const known = new Map(previous.map((frame) => [frame.id, frame]));
  const next = framesOf(document, (id) => places.get(id)).map((frame): FrameFlowNode => {
    const { position, width, height } = frame;
    const id = `${framePrefix}${frame.loopId}`;
    const old = known.get(id);
    if (old !== undefined && JSON.stringify(old.data.frame) === JSON.stringify(frame)) return old;
    const still = { selectable: false, draggable: false, connectable: false, focusable: false };
    return {
      id,
      type: "frame",
      position,
      width,
      height,
      zIndex: frame.depth - 100,
      ...still,
      style: { pointerEvents: "none" },
      data: { frame },
    };
  });
  return unlessSame(next, previous);
}

// No id of a step holds a colon.
const framePrefix = "frame:";

/** The edges React Flow draws, again keeping the objects of unchanged ones. */
export function toFlowEdges(document: WorkflowDocument, selectedIds: readonly string[], previous: StepFlowEdge[]): StepFlowEdge[] {
  const selected = new Set(selectedIds);
  const known = new Map(previous.map((edge) => [edge.id, edge]));
  const next = document.edges.map((edge) => {
    const made = toFlowEdge(edge, isFailureEdge(document, edge), selected.has(edge.id));
    const old = known.get(edge.id);
    return old !== undefined && isSameEdge(old, made) ? old : made;
  });
  return unlessSame(next, previous);
}

// A new list makes React Flow look at every element again; most edits change none of them.
function unlessSame<T>(next: T[], previous: T[]): T[] {
  return next.length === previous.length && next.every((item, index) => item === previous[index]) ? previous : next;
}

function toFlowEdge(edge: WorkflowEdge, failure: boolean, selected: boolean): StepFlowEdge {
  return {
    id: edge.id,
    type: "step",
    source: edge.source,
    sourceHandle: edge.sourcePort,
    target: edge.target,
    data: { failure },
    selected,
  };
}

function isSameEdge(a: StepFlowEdge, b: StepFlowEdge): boolean {
  return (
    a.source === b.source &&
    a.sourceHandle === b.sourceHandle &&
    a.target === b.target &&
    a.selected === b.selected &&
    a.data?.failure === b.data?.failure
  );
}

/** Whether an edge leaves from a failure output, which is drawn dashed. */
export function isFailureEdge(document: WorkflowDocument, edge: WorkflowEdge): boolean {
  const source = nodeOf(document, edge.source);
  return source !== undefined && portsOf(source).some((port) => port.name === edge.sourcePort && port.failure === true);
}

"use client";

import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { canSplice, isLoose } from "../commands/add-node.ts";
import { commitDrag, splice } from "../editor-actions.ts";
import { snap } from "../geometry.ts";
import type { EditorStore } from "../store.ts";
import { useEditor } from "../use-editor.ts";
import { edgeAt } from "./edge-at.ts";
import {
  type CanvasFlowNode,
  type FrameFlowNode,
  type NoteFlowNode,
  type StepFlowEdge,
  type StepFlowNode,
  toFlowEdges,
  toFlowFrames,
  toFlowNodes,
  toFlowNotes,
} from "./flow-elements.ts";

/**
 * What React Flow draws, kept beside the document: a drag lives here alone, frame by frame, and reaches the document
 * (and with it undo and autosave) once, when it ends.
 */
export function useFlowElements(store: EditorStore) {
  const document = useEditor((state) => state.document);
  const selection = useEditor((state) => state.selection);
  const [nodes, setNodes] = useState<StepFlowNode[]>(() => toFlowNodes(document, [], []));
  const [notes, setNotes] = useState<NoteFlowNode[]>(() => toFlowNotes(document, []));
  const [edges, setEdges] = useState<StepFlowEdge[]>(() => toFlowEdges(document, [], []));

  useEffect(() => {
    setNodes((previous) => toFlowNodes(document, selection.nodeIds, previous));
    setNotes((previous) => toFlowNotes(document, previous));
    setEdges((previous) => toFlowEdges(document, selection.edgeIds, previous));
  }, [document, selection]);
  const frames = useFrames(document, nodes);
  const drawn = useMemo(
    (): CanvasFlowNode[] => (notes.length + frames.length === 0 ? nodes : [...frames, ...notes, ...nodes]),
    [frames, notes, nodes],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasFlowNode>[]) => {
      const moves = changes.filter((change) => change.type === "position" || change.type === "dimensions");
      const isNote = (id: string) => store.getState().document.stickyNotes?.some((note) => note.id === id) ?? false;
      // Frames have the size they are given; what is measured of them changes nothing.
      const { notes: ofNotes = [], steps = [] } = Object.groupBy(moves, (change) => (isNote(change.id) ? "notes" : "steps"));
      if (steps.length > 0) setNodes((previous) => applyNodeChanges(steps, previous));
      if (ofNotes.length > 0) setNotes((previous) => applyNodeChanges(ofNotes, previous));
      selectFrom(store, changes, "nodeIds");
    },
    [store],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<StepFlowEdge>[]) => {
      const drawn = changes.filter((change) => change.type !== "select" && change.type !== "remove");
      if (drawn.length > 0) setEdges((previous) => applyEdgeChanges(drawn, previous));
      selectFrom(store, changes, "edgeIds");
    },
    [store],
  );
  const onDrag = useCallback(
    (event: MouseEvent | TouchEvent | ReactMouseEvent, _node: unknown, dragged: CanvasFlowNode[]) => {
      const edgeId = edgeUnder(store, event, dragged);
      if (store.getState().dropEdgeId !== edgeId) store.getState().set({ dropEdgeId: edgeId });
    },
    [store],
  );
  const onDragStop = useCallback(
    (event: MouseEvent | TouchEvent | ReactMouseEvent, _node: unknown, dragged: CanvasFlowNode[]) => {
      const edgeId = edgeUnder(store, event, dragged);
      store.getState().set({ dropEdgeId: null });
      const [only] = dragged;
      if (edgeId !== null && only !== undefined) splice(store, only.id, edgeId);
      else commitDrag(store, new Map(dragged.map((node) => [node.id, { x: snap(node.position.x), y: snap(node.position.y) }])));
    },
    [store],
  );
  const onSelectionDragStop = useCallback(
    (event: ReactMouseEvent, dragged: CanvasFlowNode[]) => onDragStop(event, null, dragged),
    [onDragStop],
  );
  return { nodes: drawn, edges, onNodesChange, onEdgesChange, onNodeDrag: onDrag, onNodeDragStop: onDragStop, onSelectionDragStop };
}

/** The edge that a single unwired step is held over, and would be put into. */
function edgeUnder(store: EditorStore, event: MouseEvent | TouchEvent | ReactMouseEvent, dragged: CanvasFlowNode[]): string | null {
  const [only] = dragged;
  if (dragged.length !== 1 || only?.type !== "step") return null;
  const { document } = store.getState();
  // Asked first: searching the page at every move of a drag costs more than all the rest of it.
  if (!isLoose(document, only.id)) return null;
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  const edgeId = at && edgeAt({ x: at.clientX, y: at.clientY });
  return edgeId !== undefined && canSplice(document, only.id, edgeId) ? edgeId : null;
}

/** The frames follow the steps frame by frame while they are dragged; those that did not change keep their objects. */
function useFrames(document: WorkflowDocument, nodes: StepFlowNode[]): FrameFlowNode[] {
  const previous = useRef<FrameFlowNode[]>([]);
  return useMemo(() => {
    previous.current = toFlowFrames(document, nodes, previous.current);
    return previous.current;
  }, [document, nodes]);
}

/** React Flow tells each selected and unselected element by itself; the store keeps lists. */
function selectFrom(store: EditorStore, changes: (NodeChange<CanvasFlowNode> | EdgeChange<StepFlowEdge>)[], kind: "nodeIds" | "edgeIds") {
  const selects = changes.filter((change) => change.type === "select");
  if (selects.length === 0) return;
  const { selection, select, set } = store.getState();
  const ids = new Set(selection[kind]);
  for (const change of selects) {
    if (change.selected) ids.add(change.id);
    else ids.delete(change.id);
  }
  select({ ...selection, [kind]: [...ids] });
  const latest = selects.findLast((change) => change.selected)?.id;
  if (kind === "nodeIds" && latest !== undefined) set({ activeNodeId: latest });
}

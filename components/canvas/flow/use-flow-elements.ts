"use client";

import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { commitDrag } from "../editor-actions.ts";
import { snap } from "../geometry.ts";
import type { EditorStore } from "../store.ts";
import { useEditor } from "../use-editor.ts";
import {
  type CanvasFlowNode,
  type NoteFlowNode,
  type StepFlowEdge,
  type StepFlowNode,
  toFlowEdges,
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
  const drawn = useMemo((): CanvasFlowNode[] => (notes.length === 0 ? nodes : [...notes, ...nodes]), [notes, nodes]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasFlowNode>[]) => {
      const moves = changes.filter((change) => change.type === "position" || change.type === "dimensions");
      const isNote = (id: string) => store.getState().document.stickyNotes?.some((note) => note.id === id) ?? false;
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
  const onDragStop = useCallback(
    (_event: unknown, _node: unknown, dragged: CanvasFlowNode[]) => {
      commitDrag(store, new Map(dragged.map((node) => [node.id, { x: snap(node.position.x), y: snap(node.position.y) }])));
    },
    [store],
  );
  return { nodes: drawn, edges, onNodesChange, onEdgesChange, onDragStop };
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

"use client";

import { useReactFlow } from "@xyflow/react";
import type { KeyboardEvent as ReactKeyboardEvent } from "react";
import { announce } from "#components/ui/live-region.ts";
import { type Shortcut, useShortcuts } from "#components/ui/shortcuts.ts";
import { nodeOf } from "../document-index.ts";
import {
  addStickyNote,
  deleteSelection,
  duplicateSelection,
  nudgeSelection,
  selectAll,
  tidyUp,
  toggleSelectionDisabled,
} from "../editor-actions.ts";
import { focusSoon } from "../form/focus-soon.ts";
import { gridSize } from "../geometry.ts";
import { mainPort } from "../node-ports.ts";
import type { EditorStore } from "../store.ts";
import { fitOptions } from "./canvas-controls.tsx";
import { focusStepSoon } from "./focus-step.ts";
import { glideMs } from "./glide.ts";
import { canvasMiddle, keepInView } from "./keep-in-view.ts";
import { type Direction, neighbourOf } from "./neighbours.ts";
import { openWhenDrawn } from "./note-node.tsx";
import { leavePlug, pickStep } from "./plug-bar.tsx";

const directions: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const nudges: Record<Direction, { x: number; y: number }> = {
  left: { x: -gridSize, y: 0 },
  right: { x: gridSize, y: 0 },
  up: { x: 0, y: -gridSize },
  down: { x: 0, y: gridSize },
};

/** Makes a step the one the keyboard stands on. */
export function goToStep(store: EditorStore, nodeId: string): void {
  store.getState().set({ activeNodeId: nodeId });
  store.getState().select({ nodeIds: [nodeId] });
  focusStepSoon(nodeId);
}

export interface CanvasKeyActions {
  openSettings(nodeId: string): void;
  /** False when there was none to close. */
  closePanel(): boolean;
}

/**
 * Arrow keys, Enter and Escape on a focused step. In the capture phase: React Flow's own arrow keys move nodes past
 * undo and autosave.
 */
export function useStepKeys(store: EditorStore, actions: CanvasKeyActions): (event: ReactKeyboardEvent) => void {
  const flow = useReactFlow();
  return (event) => {
    const step = event.target instanceof HTMLElement ? event.target.dataset.step : undefined;
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = directions[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      if (event.shiftKey) return nudge(store, step, direction);
      const next = neighbourOf(store.getState().document, step, direction);
      if (next === null) return;
      goToStep(store, next);
      keepInView(flow, store, next);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (store.getState().plug === null) {
        actions.openSettings(step);
        focusPanelSoon(step);
      } else pickStep(store, step);
    } else if (event.key === "Escape") {
      // One layer at a time: first what is being picked, then the panel, then the selection.
      if (leavePlug(store)) event.preventDefault();
      else if (!actions.closePanel()) store.getState().select({});
    }
  };
}

/** Whoever opens settings by key wants to type in them; Escape comes back to the step. */
function focusPanelSoon(step: string): void {
  const panel = `[data-panel-of="${step}"]`;
  focusSoon(document.body, [
    `${panel} [role=tabpanel] [data-field] :is(input:not([aria-hidden=true]), textarea, [contenteditable=true], [role=combobox], [data-add], [aria-expanded]:not([aria-haspopup]))`,
    `${panel} [role=tabpanel] button`,
    `${panel} [role=tab][aria-selected=true]`,
  ]);
}

function nudge(store: EditorStore, step: string, direction: Direction): void {
  if (!store.getState().selection.nodeIds.includes(step)) store.getState().select({ nodeIds: [step] });
  nudgeSelection(store, nudges[direction]);
  const { x, y } = nodeOf(store.getState().document, step)?.position ?? { x: 0, y: 0 };
  announce(`Moved ${direction}, now at ${x}, ${y}`);
}

/** The keys that act on the selection or the canvas, wherever on the page the focus is, except in fields and panels. */
export function useCanvasShortcuts(store: EditorStore): void {
  const flow = useReactFlow();
  const outside = (run: () => void) => (event: KeyboardEvent) => {
    const focused = document.activeElement;
    // Keys typed in a panel are its own; a command chosen by its name is meant wherever the keyboard is.
    if (event.isTrusted && focused?.closest("[data-step-panel]")) return;
    selectFocused(store, focused);
    run();
  };
  const onActive = (run: (nodeId: string) => void) =>
    outside(() => {
      const { activeNodeId, selection } = store.getState();
      const nodeId = selection.nodeIds.length === 1 ? selection.nodeIds[0] : activeNodeId;
      if (nodeId) run(nodeId);
    });
  const shortcuts: Shortcut[] = [
    { keys: "/", label: "Add a step", run: outside(() => openSearch(store)) },
    { keys: "a", label: "Add a step after", run: onActive((nodeId) => store.getState().set({ search: { from: { nodeId } } })) },
    { keys: "c", label: "Connect to…", run: onActive((nodeId) => store.getState().set({ connectingFrom: nodeId })) },
    { keys: "d", label: "Disable or enable", run: outside(() => toggleSelectionDisabled(store)) },
    { keys: "F2", label: "Rename", run: onActive((nodeId) => store.getState().set({ renaming: nodeId })) },
    { keys: "Delete", label: "Delete and join the neighbours", run: outside(() => deleteSelection(store, { join: true })) },
    { keys: "Backspace", run: outside(() => deleteSelection(store, { join: true })) },
    { keys: "$mod+Delete", label: "Delete without joining", run: outside(() => deleteSelection(store, { join: false })) },
    { keys: "$mod+Backspace", run: outside(() => deleteSelection(store, { join: false })) },
    { keys: "$mod+d", label: "Duplicate", run: outside(() => duplicateSelection(store)) },
    { keys: "$mod+a", label: "Select everything", run: outside(() => selectAll(store)) },
    {
      keys: "n",
      label: "Add a note",
      run: outside(() => openWhenDrawn(addStickyNote(store, flow.screenToFlowPosition(canvasMiddle())))),
    },
    { keys: "Shift+Digit1", label: "Tidy up", run: outside(() => tidyUp(store)) },
    { keys: "=", label: "Zoom in", run: () => void flow.zoomIn({ duration: glideMs(100) }) },
    { keys: "+", run: () => void flow.zoomIn({ duration: glideMs(100) }) },
    { keys: "Shift+Equal", run: () => void flow.zoomIn({ duration: glideMs(100) }) },
    { keys: "-", label: "Zoom out", run: () => void flow.zoomOut({ duration: glideMs(100) }) },
    { keys: "0", label: "Zoom to 100 %", run: () => void flow.zoomTo(1, { duration: glideMs(100) }) },
    { keys: "1", label: "Fit everything", run: () => void flow.fitView(fitOptions) },
  ];
  useShortcuts("Canvas", shortcuts);
}

/** Opens the node search: what is chosen follows the one selected step, if something can. */
function openSearch(store: EditorStore): void {
  const { document, selection, set } = store.getState();
  const node = selection.nodeIds.length === 1 ? nodeOf(document, selection.nodeIds[0] ?? "") : undefined;
  set({ search: node !== undefined && mainPort(node) !== undefined ? { from: { nodeId: node.id } } : {} });
}

/** With nothing selected, keys act on the step the keyboard stands on. */
function selectFocused(store: EditorStore, focused: Element | null): void {
  const { selection, select } = store.getState();
  const step = focused instanceof HTMLElement ? focused.dataset.step : undefined;
  if (step !== undefined && selection.nodeIds.length === 0 && selection.edgeIds.length === 0) select({ nodeIds: [step] });
}

/** Undo and redo, as buttons and keys say it. Screen readers hear what was undone. */
export function undo(store: EditorStore): void {
  const label = store.getState().undo();
  announce(label === null ? "Nothing to undo" : `Undone: ${label}`);
}

export function redo(store: EditorStore): void {
  const label = store.getState().redo();
  announce(label === null ? "Nothing to redo" : `Redone: ${label}`);
}

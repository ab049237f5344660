"use client";

import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useReactFlow, useStore } from "@xyflow/react";
import { useTheme } from "next-themes";
import { type MouseEvent, useCallback, useRef, useState } from "react";
import { ContextMenu } from "#components/ui/context-menu.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import type { Point } from "../commands/move-nodes.ts";
import { gridSize } from "../geometry.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { BackToContent, CanvasControls, fitOptions } from "./canvas-controls.tsx";
import { CanvasHints } from "./canvas-hints.tsx";
import { ConnectionLine, RefusalHint } from "./connection-line.tsx";
import { EdgeLabelLayer } from "./edge-labels.tsx";
import { EmptyCanvas } from "./empty-canvas.tsx";
import { FindBar } from "./find-bar.tsx";
import type { CanvasFlowNode } from "./flow-elements.ts";
import { focusStep } from "./focus-step.ts";
import { FrameNode } from "./frame-node.tsx";
import { canvasMiddle, useReadableStart, useStepsInView } from "./keep-in-view.ts";
import { NoteNode } from "./note-node.tsx";
import { pickStep } from "./plug-bar.tsx";
import { PlugPicker } from "./plug-picker.tsx";
import { StepEdge } from "./step-edge.tsx";
import { StepNode } from "./step-node.tsx";
import { useCanvasShortcuts, useStepKeys } from "./use-canvas-keys.ts";
import { useCanvasMenu } from "./use-canvas-menu.ts";
import { useClipboardEvents } from "./use-clipboard-events.ts";
import { useFlowElements } from "./use-flow-elements.ts";
import { useWiring } from "./use-wiring.ts";
import "./flow.css";

// Constants: React Flow draws everything again when these change identity.
const nodeTypes = { step: StepNode, note: NoteNode, frame: FrameNode };
const edgeTypes = { step: StepEdge };
const snapGrid: [number, number] = [gridSize, gridSize];
const addToSelectionKeys = ["Shift", "Meta", "Control"];
const panButtons = [0, 1];
const farZoom = 0.5;
// At once: an animation would draw the large picture first, for nobody.
const firstFit = { ...fitOptions, duration: 0 };
const minimapColour = (node: CanvasFlowNode) => (node.type === "frame" ? "var(--bg-muted)" : "var(--border-control)");
const handleNotMeasured = "008";

// After an undo an edge is there a frame before the handles of its node are measured; it is drawn right after.
function onFlowError(code: string, message: string): void {
  if (code !== handleNotMeasured) console.error(`React Flow ${code}: ${message}`);
}

/** The graph. Inside a ReactFlowProvider and an editor. */
export function FlowCanvas({ panel }: { panel: PanelState }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const canvas = useRef<HTMLDivElement>(null);
  const pointer = useRef<Point | null>(null);
  const openSettings = useCallback((nodeId: string) => panel.open(nodeId), [panel]);
  const menu = useCanvasMenu(store, openSettings);
  const closePanel = () => {
    if (panel.nodeId === null) return false;
    panel.close();
    return true;
  };
  const onStepKey = useStepKeys(store, { openSettings, closePanel });
  const pasteAt = useCallback(() => flow.screenToFlowPosition(pointer.current ?? canvasMiddle()), [flow]);
  useCanvasShortcuts(store);
  useClipboardEvents(store, canvas, pasteAt);
  useReadableStart(panel.nodeId);
  useStepsInView(panel.nodeId);
  const [finding, setFinding] = useState(false);
  useShortcuts("Canvas", [{ keys: "$mod+f", label: "Find a step", run: () => setFinding(true) }]);
  const far = useStore((state) => state.transform[2] < farZoom);
  return (
    <ContextMenu
      entries={menu.entries}
      trigger={
        <div
          ref={canvas}
          data-canvas=""
          data-far={far ? "" : undefined}
          className="relative size-full"
          onContextMenuCapture={menu.onContextMenu}
          onKeyDownCapture={onStepKey}
          onPointerMove={(event) => {
            pointer.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerLeave={() => {
            pointer.current = null;
          }}
        >
          <EdgeLabelLayer>
            <Flow panel={panel} />
          </EdgeLabelLayer>
          <CanvasHints canvas={canvas} />
          <PlugPicker />
          {finding ? (
            <div className="absolute top-3 right-3 z-10">
              <FindBar onClose={() => setFinding(false)} />
            </div>
          ) : null}
        </div>
      }
    />
  );
}

function Flow({ panel }: { panel: PanelState }) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const { resolvedTheme } = useTheme();
  const [minimap, setMinimap] = useState(false);
  const elements = useFlowElements(store);
  const wiring = useWiring(store);
  // One identity each: with a new function React Flow draws every step and wire again, and this renders at each move of a drag.
  const { open } = panel;
  const onNodeClick = useCallback(
    (event: MouseEvent, node: CanvasFlowNode) => {
      const onControl = event.target instanceof Element && event.target.closest(".react-flow__handle, button, input") !== null;
      if (node.type !== "step" || onControl || event.shiftKey || event.ctrlKey || event.metaKey) return;
      if (store.getState().plug === null) open(node.id);
      else pickStep(store, node.id);
    },
    [open, store],
  );
  const onPaneClick = useCallback(() => focusCanvas(store.getState().activeNodeId), [store]);
  return (
    <ReactFlow
      aria-label="Workflow canvas"
      {...elements}
      {...wiring}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodeClick={onNodeClick}
      onPaneClick={onPaneClick}
      connectionLineComponent={ConnectionLine}
      connectionRadius={28}
      reconnectRadius={14}
      colorMode={resolvedTheme === "dark" ? "dark" : "light"}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      edgesReconnectable={!readOnly}
      nodesFocusable={false}
      edgesFocusable={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      multiSelectionKeyCode={addToSelectionKeys}
      selectionKeyCode="Shift"
      selectionMode={SelectionMode.Partial}
      panOnDrag={panButtons}
      panOnScroll
      zoomOnDoubleClick={false}
      snapToGrid
      snapGrid={snapGrid}
      nodeDragThreshold={3}
      minZoom={0.1}
      maxZoom={2}
      fitView
      fitViewOptions={firstFit}
      onError={onFlowError}
      attributionPosition="bottom-right"
    >
      <Background variant={BackgroundVariant.Dots} gap={gridSize} size={1.5} color="var(--border)" />
      <CanvasControls minimap={minimap} onMinimapChange={setMinimap} />
      {minimap ? <Overview /> : null}
      <BackToContent />
      <RefusalHint />
      <EmptyCanvas />
    </ReactFlow>
  );
}

function Overview() {
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel="Minimap"
      position="bottom-right"
      nodeBorderRadius={6}
      nodeColor={minimapColour}
      className="!mb-7"
    />
  );
}

// A click beside the steps leaves the keyboard on the canvas rather than in the field that had it.
function focusCanvas(activeNodeId: string | null) {
  if (document.activeElement instanceof HTMLElement && document.activeElement.closest("[data-step-panel]")) focusStep(activeNodeId);
}

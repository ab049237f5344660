"use client";

import { useReactFlow } from "@xyflow/react";
import { Search } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { createPortal } from "react-dom";
import { cn } from "#components/ui/cn.ts";
import { InputWithIcon } from "#components/ui/input.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { freePlace } from "../commands/add-node.ts";
import { nodeOf } from "../document-index.ts";
import { addType } from "../editor-actions.ts";
import { canvasMiddle } from "../flow/keep-in-view.ts";
import { goToStep } from "../flow/use-canvas-keys.ts";
import { headerHeight, nodeWidth } from "../geometry.ts";
import { NodeIcon } from "../node-icon.tsx";
import { mainPort } from "../node-ports.ts";
import type { EditorStore, NodeSearch } from "../store.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { searchTypes } from "./type-search.ts";
import { type PaletteDrag, usePaletteDrag } from "./use-palette-drag.ts";

/** All step types. Drag one onto the canvas or an edge, or click it to add it after the selected step. */
export function Palette({ onAdded }: { onAdded: (nodeId: string) => void }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const readOnly = useEditor((state) => state.readOnly);
  const [query, setQuery] = useState("");
  const groups = searchTypes(query);
  const add = (definition: NodeDefinition) => {
    const nodeId = addType(
      store,
      definition,
      targetOf(store, definition, () => flow.screenToFlowPosition(canvasMiddle())),
    );
    setQuery("");
    goToStep(store, nodeId);
    onAdded(nodeId);
  };
  const { drag, start, wasDrag } = usePaletteDrag(store, (nodeId) => {
    goToStep(store, nodeId);
    onAdded(nodeId);
  });
  const onSearchKey = (event: KeyboardEvent) => {
    const first = groups[0]?.types[0];
    if (event.key === "Enter" && first !== undefined) add(first);
    if (event.key === "Escape") setQuery("");
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <InputWithIcon
        type="search"
        aria-label="Search step types"
        placeholder="Search steps"
        icon={<Search aria-hidden />}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onSearchKey}
        className="m-2"
      />
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {groups.length === 0 ? <p className="px-2 py-4 text-fg-muted">No step type matches “{query}”.</p> : null}
        {groups.map((group) => (
          <div key={group.title}>
            <h2 className="px-1.5 pt-2 pb-1 font-medium text-fg-subtle text-xs">{group.title}</h2>
            <ul aria-label={group.title}>
              {group.types.map((definition) => (
                <li key={definition.type}>
                  <Tooltip content={definition.description} side="right">
                    <button
                      type="button"
                      disabled={readOnly}
                      className="focus-inset flex h-9 w-full touch-none select-none items-center gap-2.5 rounded-md px-1.5 text-left hover:bg-hover disabled:opacity-50"
                      onPointerDown={(event) => start(event, definition)}
                      onClick={() => (wasDrag() ? undefined : add(definition))}
                    >
                      <TypeTile type={definition.type} />
                      <span className="truncate">{definition.title}</span>
                    </button>
                  </Tooltip>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      {drag === null ? null : <Ghost drag={drag} />}
    </div>
  );
}

function TypeTile({ type }: { type: string }) {
  return (
    <span className="flex size-6 shrink-0 items-center justify-center rounded-md border bg-bg text-fg-muted">
      <NodeIcon type={type} className="size-3.5" />
    </span>
  );
}

function Ghost({ drag }: { drag: PaletteDrag }) {
  return createPortal(
    <div
      aria-hidden
      style={{
        width: nodeWidth,
        height: headerHeight,
        transform: `translate(${drag.at.x - nodeWidth / 2}px, ${drag.at.y - headerHeight / 2}px)`,
      }}
      className={cn(
        "pointer-events-none fixed top-0 left-0 z-50 flex items-center gap-2.5 rounded-md border bg-float px-2.5 shadow-float",
        drag.overCanvas ? "border-accent" : "opacity-60",
      )}
    >
      <TypeTile type={drag.definition.type} />
      <span className="font-medium">{drag.definition.title}</span>
    </div>,
    document.body,
  );
}

/** A click adds after the one selected step when a wire may lead from it; otherwise in the middle of the view. */
function targetOf(store: EditorStore, definition: NodeDefinition, centre: () => { x: number; y: number }): NodeSearch {
  const { document, selection } = store.getState();
  const [selected] = selection.nodeIds;
  const node = selection.nodeIds.length === 1 && selected !== undefined ? nodeOf(document, selected) : undefined;
  if (node !== undefined && definition.category !== "trigger" && mainPort(node) !== undefined) return { from: { nodeId: node.id } };
  const { x, y } = centre();
  return { position: freePlace(document, { x: x - nodeWidth / 2, y: y - headerHeight }) };
}

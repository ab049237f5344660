"use client";

import { Popover } from "@base-ui/react/popover";
import { useReactFlow } from "@xyflow/react";
import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { floatClass } from "#components/ui/float.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { freePlace } from "../commands/add-node.ts";
import { nodeOf } from "../document-index.ts";
import { addType } from "../editor-actions.ts";
import { backToStep } from "../flow/focus-step.ts";
import { canvasMiddle } from "../flow/keep-in-view.ts";
import { NodeIcon } from "../node-icon.tsx";
import type { NodeSearch as Search } from "../store.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { searchTypes } from "./type-search.ts";

/** The node search: opened by `+`, by dropping a wire, or by key; adds the chosen type where it was asked for. */
export function NodeSearch({ onAdded }: { onAdded: (nodeId: string) => void }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const search = useEditor((state) => state.search);
  const close = () => store.getState().set({ search: null });
  const place = useMemo(() => (search === null ? null : anchorOf(search.anchor ?? canvasMiddle())), [search]);
  const add = (definition: NodeDefinition) => {
    if (search === null) return;
    const wired = search.from !== undefined || search.edgeId !== undefined;
    const position =
      search.position ?? (wired ? undefined : freePlace(store.getState().document, flow.screenToFlowPosition(canvasMiddle())));
    onAdded(addType(store, definition, { ...search, position }));
  };
  return (
    <Popover.Root open={search !== null} onOpenChange={(open) => (open ? undefined : close())}>
      <Popover.Portal>
        <Popover.Positioner anchor={place} side="bottom" align="start" sideOffset={4} collisionPadding={12} className="z-50">
          <Popover.Popup
            aria-label="Add a step"
            finalFocus={() => backToStep(store.getState().activeNodeId)}
            className={cn(floatClass, "w-80 p-0")}
          >
            {search === null ? null : <SearchBox search={search} onPick={add} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function anchorOf(point: { x: number; y: number }) {
  return { getBoundingClientRect: () => new DOMRect(point.x, point.y, 0, 0) };
}

function SearchBox({ search, onPick }: { search: Search; onPick: (definition: NodeDefinition) => void }) {
  const [query, setQuery] = useState("");
  const heading = useEditor((state) => headingOf(search, (id) => nodeOf(state.document, id)?.name));
  const groups = searchTypes(query, { canFollow: search.from !== undefined || search.edgeId !== undefined });
  return (
    <Command label="Add a step" shouldFilter={false} loop>
      <p className="truncate px-3 pt-2 text-fg-subtle text-xs">{heading}</p>
      <Command.Input
        autoFocus
        value={query}
        onValueChange={setQuery}
        placeholder="Search step types"
        className="h-9 w-full border-b bg-transparent px-3 outline-none placeholder:text-fg-subtle focus-visible:outline-none"
      />
      <Command.List className="max-h-80 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-5 text-center text-fg-muted">No step type matches “{query}”.</Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group.title}
            heading={group.title}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-fg-subtle [&_[cmdk-group-heading]]:text-xs"
          >
            {group.types.map((definition) => (
              <Command.Item
                key={definition.type}
                value={definition.type}
                onSelect={() => onPick(definition)}
                className="flex items-center gap-2.5 rounded px-2 py-1.5 data-[selected=true]:bg-hover"
              >
                <span className="flex size-7 shrink-0 items-center justify-center rounded-md bg-muted text-fg-muted">
                  <NodeIcon type={definition.type} className="size-4" />
                </span>
                <span className="min-w-0">
                  <span className="block font-medium leading-4.5">{definition.title}</span>
                  <span className="block truncate text-fg-muted text-sm" title={definition.description}>
                    {definition.description}
                  </span>
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function headingOf(search: Search, nameOf: (id: string) => string | undefined): string {
  if (search.edgeId !== undefined) return "Insert a step here";
  if (search.from === undefined) return "Add a step";
  const port = search.from.port === undefined || search.from.port === "out" ? "" : ` (${search.from.port})`;
  return `Add a step after ${nameOf(search.from.nodeId) ?? "this"}${port}`;
}

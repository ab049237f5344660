"use client";

import { Popover } from "@base-ui/react/popover";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { cn } from "#components/ui/cn.ts";
import { floatClass } from "#components/ui/float.ts";
import { type Plug, sourcesOfPlug } from "../expression/plug.ts";
import { SearchedData } from "../expression/searched-data.tsx";
import { useDocument, useEditor, useEditorStore } from "../use-editor.ts";
import { focusStepSoon } from "./focus-step.ts";
import { keepInView } from "./keep-in-view.ts";

/** The data of the step that was chosen for a field, beside that step. What is picked goes into the field. */
export function PlugPicker() {
  const store = useEditorStore();
  const plug = useEditor((state) => state.plug);
  const flow = useReactFlow();
  const { nodeId: forNode } = plug ?? {};
  // The keyboard begins at a step that may be out of sight.
  useEffect(() => {
    const { activeNodeId } = store.getState();
    if (forNode !== undefined && activeNodeId !== null) keepInView(flow, store, activeNodeId);
  }, [forNode, flow, store]);
  const popup = useRef<HTMLDivElement>(null);
  const openId = plug?.openId ?? null;
  const anchor = useMemo(() => (openId === null ? null : document.querySelector(`[data-step="${openId}"]`)), [openId]);
  // Where the keyboard goes once the layer has let go of it, and a panel that lay over the canvas is seen again.
  const after = useRef<() => void>(undefined);
  const back = () => {
    const { plug: now, set } = store.getState();
    // A click on another step has opened that one already.
    if (now === null || now.openId !== openId) return;
    after.current = () => focusStepSoon(openId);
    set({ plug: { ...now, openId: null } });
  };
  const pick = (path: string) => {
    after.current = () => plug?.insertPath(path);
    store.getState().set({ plug: null });
  };
  const whenClosed = () => {
    if (after.current !== undefined) requestAnimationFrame(after.current);
    after.current = undefined;
    return false;
  };
  return (
    <Popover.Root open={openId !== null} onOpenChange={(open) => (open ? undefined : back())}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side="bottom" align="start" sideOffset={6} collisionPadding={12} className="z-50">
          <Popover.Popup
            ref={popup}
            aria-label="Data of the step"
            initialFocus={() => popup.current?.querySelector<HTMLElement>("[role=treeitem][tabindex='0']") ?? true}
            finalFocus={whenClosed}
            className={cn(floatClass, "flex max-h-96 w-96 max-w-[calc(100vw-1.5rem)] flex-col p-0")}
          >
            {plug === null || openId === null ? null : <Data key={openId} plug={plug} onPick={pick} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Data({ plug, onPick }: { plug: Plug; onPick: (path: string) => void }) {
  const graph = useDocument();
  const sources = useMemo(() => sourcesOfPlug(graph, plug), [graph, plug]);
  return <SearchedData sources={sources} onPick={onPick} />;
}

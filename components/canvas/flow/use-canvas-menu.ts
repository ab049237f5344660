"use client";

import { useReactFlow } from "@xyflow/react";
import { type MouseEvent, useState } from "react";
import { copyText } from "#components/ui/clipboard.ts";
import type { MenuEntry } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Point } from "../commands/move-nodes.ts";
import { addStickyNote, pasteText } from "../editor-actions.ts";
import { useRunHandle } from "../run/run-context.ts";
import type { EditorStore } from "../store.ts";
import { openWhenDrawn } from "./note-node.tsx";
import { paneMenu, stepMenu } from "./step-menu.ts";

/** The menu at the pointer: of a step when there is one, else of the canvas. */
export function useCanvasMenu(store: EditorStore, openSettings: (nodeId: string) => void) {
  const flow = useReactFlow();
  const [target, setTarget] = useState<{ nodeId: string | null; at: Point }>({ nodeId: null, at: { x: 0, y: 0 } });
  const onContextMenu = (event: MouseEvent) => {
    const step = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-step]") : null;
    const nodeId = step?.dataset.step ?? null;
    if (nodeId !== null && !store.getState().selection.nodeIds.includes(nodeId)) {
      store.getState().select({ nodeIds: [nodeId] });
      store.getState().set({ activeNodeId: nodeId });
    }
    setTarget({ nodeId, at: { x: event.clientX, y: event.clientY } });
  };
  const run = useRunHandle();
  const actions = {
    run,
    openSettings,
    rename: (nodeId: string) => store.getState().set({ renaming: nodeId }),
    copy: (text: string) => void copyText(text),
    paste: () => void pasteFromSystem(store, flow.screenToFlowPosition(target.at)),
    addNoteHere: () => openWhenDrawn(addStickyNote(store, flow.screenToFlowPosition(target.at))),
    addHere: () => store.getState().set({ search: { anchor: target.at, position: flow.screenToFlowPosition(target.at) } }),
  };
  const entries: MenuEntry[] = target.nodeId === null ? paneMenu(store, actions) : stepMenu(store, target.nodeId, actions);
  return { entries, onContextMenu };
}

/** A menu cannot hear the paste event, so it asks the browser, which may ask the person. */
async function pasteFromSystem(store: EditorStore, at: Point): Promise<void> {
  try {
    const text = await navigator.clipboard.readText();
    if (!pasteText(store, text, at)) toast.info("The clipboard holds no steps");
  } catch {
    toast.info("The browser did not allow reading the clipboard; press Ctrl V instead");
  }
}

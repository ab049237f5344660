"use client";

import { type RefObject, useEffect } from "react";
import { announce } from "#components/ui/live-region.ts";
import type { Point } from "../commands/move-nodes.ts";
import { copySelection, cutSelection, pasteText } from "../editor-actions.ts";
import type { EditorStore } from "../store.ts";

/** Whether keys and clipboard belong to a text field rather than to the canvas. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role='dialog'], [role='menu'], [role='listbox']") !== null;
}

/**
 * Copy, cut and paste through the browser's own clipboard events, which need no permission. They belong to the canvas
 * when the focus is in it or nowhere, and no text is selected.
 */
export function useClipboardEvents(store: EditorStore, canvas: RefObject<HTMLElement | null>, pasteAt: () => Point): void {
  useEffect(() => {
    const isOurs = (event: ClipboardEvent) => {
      const focused = document.activeElement;
      const inside = focused === null || focused === document.body || canvas.current?.contains(focused) === true;
      return inside && !isTyping(event.target) && (event.type === "paste" || document.getSelection()?.isCollapsed !== false);
    };
    const give = (event: ClipboardEvent, text: string | null, word: string) => {
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      announce(word);
    };
    const onCopy = (event: ClipboardEvent) => isOurs(event) && give(event, copySelection(store), "Copied");
    const onCut = (event: ClipboardEvent) => isOurs(event) && give(event, cutSelection(store), "Cut");
    const onPaste = (event: ClipboardEvent) => {
      if (!isOurs(event)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (pasteText(store, text, pasteAt())) event.preventDefault();
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCut);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCut);
      document.removeEventListener("paste", onPaste);
    };
  }, [store, canvas, pasteAt]);
}

"use client";

import type { RefObject } from "react";
import { useShortcuts } from "./shortcuts.ts";

function linksOf(list: HTMLElement | null): HTMLElement[] {
  return list ? [...list.querySelectorAll<HTMLElement>("[data-row-link]")] : [];
}

/** Moves the focus by rows; from outside the list to its first row (or the current one). */
function move(list: HTMLElement | null, step: number) {
  const links = linksOf(list);
  const focused = document.activeElement?.closest("[data-row]")?.querySelector<HTMLElement>("[data-row-link]");
  const current = focused ? links.indexOf(focused) : links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const target = current === -1 ? links.at(step > 0 ? 0 : -1) : links[Math.min(links.length - 1, Math.max(0, current + step))];
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

/**
 * `j`/`k` move the focus between the `[data-row-link]` elements inside `list`; `x` toggles the focused `[data-row]`.
 * Enter needs nothing: the focused thing is a real link.
 */
export function useListKeys(list: RefObject<HTMLElement | null>, onToggle?: (rowKey: string) => void): void {
  const toggle = () => {
    const key = document.activeElement?.closest("[data-row]")?.getAttribute("data-row");
    if (key) onToggle?.(key);
  };
  const toggleAndMove = () => {
    toggle();
    move(list.current, 1);
  };
  useShortcuts("Lists", [
    { keys: "j", label: "Next row", run: () => move(list.current, 1) },
    { keys: "k", label: "Previous row", run: () => move(list.current, -1) },
    ...(onToggle
      ? [
          { keys: "x", label: "Select row", run: toggle },
          { keys: "Shift+J", label: "Select row and go down", run: toggleAndMove },
        ]
      : []),
  ]);
}

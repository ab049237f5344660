"use client";

import { useSyncExternalStore } from "react";

/** The layers of the shell: at most one is open. */
export type Overlay = "palette" | "shortcuts" | "nav" | null;

let open: Overlay = null;
const listeners = new Set<() => void>();

export function setOverlay(next: Overlay): void {
  open = next;
  for (const listener of listeners) listener();
}

export function openShortcutSheet(): void {
  setOverlay("shortcuts");
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
    () => null,
  );
}

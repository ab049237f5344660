"use client";

import { useSyncExternalStore } from "react";

const tickMs = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** A text that depends on the time. Renders again only when the text changes, not at every tick. */
export function useTicking(text: (nowMs: number) => string): string {
  return useSyncExternalStore(
    subscribe,
    () => text(Date.now()),
    () => "",
  );
}

const noSubscription = () => () => undefined;

/** The time, to the second; stands still while not `ticking`. */
export function useNow(ticking = true): number {
  return useSyncExternalStore(
    ticking ? subscribe : noSubscription,
    () => Math.floor(Date.now() / tickMs) * tickMs,
    () => 0,
  );
}

"use client";

import { useCallback, useSyncExternalStore } from "react";

const listeners = new Map<string, Set<() => void>>();
const memory = new Map<string, { text: string | null; value: unknown }>();

function readText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return memory.get(key)?.text ?? null;
  }
}

/** The same object for the same text, as a store's snapshot has to be. */
function read<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): T {
  const text = readText(key);
  const known = memory.get(key);
  if (known && known.text === text && isValid(known.value)) return known.value;
  let value: unknown = fallback;
  try {
    const parsed: unknown = text === null ? fallback : JSON.parse(text);
    if (isValid(parsed)) value = parsed;
  } catch {
    // What another release or a person left there is as good as nothing.
  }
  memory.set(key, { text, value });
  return isValid(value) ? value : fallback;
}

/** A value kept in this browser, the same for all components that use it. */
export function useStored<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): [T, (value: T) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const own = listeners.get(key) ?? new Set();
      listeners.set(key, own.add(listener));
      return () => own.delete(listener);
    },
    [key],
  );
  const value = useSyncExternalStore(
    subscribe,
    () => read(key, fallback, isValid),
    () => fallback,
  );
  const set = (next: T) => {
    const text = JSON.stringify(next);
    memory.set(key, { text, value: next });
    try {
      localStorage.setItem(key, text);
    } catch {
      // A browser that refuses storage still honours the choice until the page is left.
    }
    for (const listener of listeners.get(key) ?? []) listener();
  };
  return [value, set];
}

"use client";

import { useSyncExternalStore } from "react";

export interface Preferences {
  /** "browser", "UTC" or an IANA name. */
  zone: string;
  hour12: boolean;
  density: "dense" | "comfortable";
  /** Single-letter shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  /** Null while nobody chose: narrow where there is little room. */
  navCollapsed: boolean | null;
}

const defaults: Preferences = { zone: "browser", hour12: false, density: "dense", shortcuts: true, navCollapsed: null };
const storageKey = "sluice.preferences";
const listeners = new Set<() => void>();
let current: Preferences | null = null;

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "{}");
    return typeof stored === "object" && stored !== null ? { ...defaults, ...stored } : defaults;
  } catch {
    return defaults;
  }
}

/** What this browser's user likes. Kept in the browser, the same on all its tabs. */
export function getPreferences(): Preferences {
  current ??= read();
  return current;
}

/** Changes some preferences and tells every component that shows them. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...getPreferences(), ...change };
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // A browser that refuses storage still honours the choice until the page is left.
  }
  for (const listener of listeners) listener();
}

function onStorage(event: StorageEvent) {
  if (event.key !== storageKey) return;
  current = null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) window.addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", onStorage);
  };
}

/** The preferences, live. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, getPreferences, () => defaults);
}

/** The time zone to show times in, as an IANA name. UTC while the server renders: it cannot know the browser's. */
export function useZone(): string {
  return useSyncExternalStore(
    subscribe,
    () => resolveZone(getPreferences().zone),
    () => "UTC",
  );
}

let browserZone: string | null = null;

/** The IANA name of a zone preference. The browser is asked once: each time on the screen asks for it. */
export function resolveZone(zone: string): string {
  if (zone !== "browser") return zone;
  browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browserZone;
}

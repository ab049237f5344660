"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";
import { tinykeys } from "tinykeys";
import { getPreferences } from "./preferences.ts";

export interface Shortcut {
  /** As tinykeys writes them: "j", "g w", "$mod+k", "Shift+R". Several ways to the same thing are separate entries. */
  keys: string;
  /** For the shortcut sheet: "Next row". Without it the shortcut is not listed. */
  label?: string;
  run: (event: KeyboardEvent) => void;
  /** Also while typing. Only for keys with Ctrl/⌘. */
  always?: boolean;
  /** Leaves the key to whoever else listens to it, whoever came first. */
  yields?: boolean;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: readonly Shortcut[];
}

const groups = new Map<symbol, ShortcutGroup>();
const listeners = new Set<() => void>();
let snapshot: readonly ShortcutGroup[] = [];

function changed() {
  snapshot = [...groups.values()];
  for (const listener of listeners) listener();
}

const sequenceMs = 1_000;
let lastKey = { key: "", at: 0 };
let followsG = false;

/** `g r` must not also fire the `r` of the page: remembers whether this key is the second of a sequence. */
function noteSequence(event: KeyboardEvent) {
  followsG = lastKey.key === "g" && event.timeStamp - lastKey.at < sequenceMs;
  lastKey = { key: followsG ? "" : event.key, at: event.timeStamp };
}

const editable = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true],.cm-editor";
const layers = "[role=dialog],[role=alertdialog],[role=menu],[role=listbox]";

/** Typing and open layers keep their keys. */
function isBusy(event: KeyboardEvent): boolean {
  const target = event.target;
  return event.defaultPrevented || event.isComposing || (target instanceof Element && target.closest(`${editable},${layers}`) !== null);
}

function isWanted(by: Shortcut): boolean {
  return [...groups.values()].some(({ shortcuts }) => shortcuts.some((other) => other !== by && !other.yields && other.keys === by.keys));
}

/** Whether keys type characters: those are what whoever dictates wants switched off (WCAG 2.1.4). All others stay. */
export function typesCharacter(keys: string): boolean {
  return keys.split(" ").every((press) => {
    const [key = "", ...modifiers] = press === "+" ? [press] : press.split("+").toReversed();
    return modifiers.every((modifier) => modifier === "Shift") && (key.length === 1 || /^(Digit|Key|Equal|Minus)/.test(key));
  });
}

/** Keys of a page or component, active while it is mounted, and listed on the shortcut sheet under `title`. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const signature = shortcuts.map((shortcut) => `${shortcut.keys}=${shortcut.label ?? ""}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: bound again only when the keys change; what they run is read from `latest`
  useEffect(() => {
    const id = Symbol(title);
    if (groups.size === 0) window.addEventListener("keydown", noteSequence, { capture: true });
    const shortcutsNow = latest.current.map((shortcut, index) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => latest.current[index]?.run(event),
    }));
    groups.set(id, { title, shortcuts: shortcutsNow });
    changed();
    const bindings = latest.current.map((shortcut, index) => [
      shortcut.keys,
      (event: KeyboardEvent) => {
        const current = latest.current[index];
        if (!current) return;
        if (!current.always && isBusy(event)) return;
        if (typesCharacter(current.keys) && !getPreferences().shortcuts) return;
        if (followsG && !current.keys.includes(" ")) return;
        if (current.yields && isWanted(current)) return;
        event.preventDefault();
        current.run(event);
      },
    ]);
    const stop = tinykeys(window, Object.fromEntries(bindings));
    return () => {
      stop();
      groups.delete(id);
      if (groups.size === 0) window.removeEventListener("keydown", noteSequence, { capture: true });
      changed();
    };
  }, [title, signature]);
}

const none: readonly ShortcutGroup[] = [];

/** Everything that listens now, for the shortcut sheet. */
export function useShortcutGroups(): readonly ShortcutGroup[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
    () => none,
  );
}

/** "$mod+k" as words for `Kbd`: "Ctrl K", or "⌘ K" on a Mac. */
export function keysInWords(keys: string): string {
  const isMac = typeof navigator !== "undefined" && navigator.platform.startsWith("Mac");
  return keys
    .replaceAll("$mod", isMac ? "⌘" : "Ctrl")
    .replaceAll("Escape", "Esc")
    .replaceAll("+", " ")
    .replaceAll(/\b[a-z]\b/g, (letter) => (keys.includes("+") ? letter.toUpperCase() : letter))
    .replace("Shift ?", "?");
}

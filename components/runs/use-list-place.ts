"use client";

import { useEffect, useRef } from "react";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { keepListed, keepPlace, takePlace } from "./list-memory.ts";

const listPath = "/runs";

function rowLink(runId: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-row="${CSS.escape(runId)}"] [data-row-link]`);
}

/** Brings the focus back to a row, if it is still shown. */
export function focusRow(runId: string): void {
  rowLink(runId)?.focus({ preventScroll: true });
}

/** Coming back to the list finds it as it was left: scrolled to the same place, with the focus on the same row. */
export function useListPlace(filter: string, rows: readonly RunSummary[]) {
  const focused = useRef<string | null>(null);
  const ready = rows.length > 0;

  useEffect(() => {
    if (!ready) return;
    const place = takePlace(filter);
    if (place) {
      focused.current = place.runId;
      // After the router's own scrolling, which comes with the same frame.
      requestAnimationFrame(() => {
        window.scrollTo({ top: place.scrollY, behavior: "instant" });
        if (place.runId) rowLink(place.runId)?.focus({ preventScroll: true });
      });
    }
    const onScroll = () => {
      // The next page scrolls, too, before this one is quite gone.
      if (window.location.pathname === listPath) keepPlace({ filter, scrollY: window.scrollY, runId: focused.current });
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, [filter, ready]);

  useEffect(() => {
    if (ready) keepListed({ href: window.location.pathname + window.location.search, ids: rows.map((run) => run.id) });
  }, [rows, ready]);

  return {
    onRowFocus: (run: RunSummary) => {
      focused.current = run.id;
      keepPlace({ filter, scrollY: window.scrollY, runId: run.id });
    },
  };
}

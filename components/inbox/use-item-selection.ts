"use client";

import { useCallback, useMemo, useRef, useState } from "react";
import { rangeOf } from "#components/ui/range.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { DeadLetterSummary } from "#lib/shared/inbox-types.ts";

interface LoadedPage {
  /** Of the open items: only those can be selected. */
  open: readonly string[];
  next: string | null;
}

/** The pages of a list by their cursors, as far as they were fetched, and what is selected of it: items, or all that match. */
export function useItemSelection() {
  const [pages, setPages] = useState<readonly LoadedPage[]>([]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [everything, setEverything] = useState(false);

  const onLoaded = useCallback((index: number, page: Page<DeadLetterSummary>) => {
    const open = page.items.filter((item) => item.status === "open").map((item) => item.id);
    setPages((before) => {
      const old = before[index];
      if (old && old.next === page.nextCursor && old.open.join() === open.join()) return before;
      const next = before.slice();
      next[index] = { open, next: page.nextCursor };
      // After an end there is nothing; after another cursor there are other items.
      return old && old.next !== page.nextCursor ? next.slice(0, index + 1) : next;
    });
  }, []);

  const shown = useMemo(() => new Set(pages.flatMap((page) => page.open)), [pages]);
  // What left the list (redriven, discarded) is no longer selected.
  const selected = useMemo(() => [...picked].filter((id) => shown.has(id)), [picked, shown]);
  const cursors = [null, ...pages.flatMap((page) => page.next ?? [])];

  const order = useRef<readonly string[]>([]);
  order.current = useMemo(() => [...shown], [shown]);
  const last = useRef<string | null>(null);
  /** With Shift the range from the last one on is picked. */
  const onToggle = useCallback((id: string, withShift: boolean) => {
    const range = withShift ? rangeOf(order.current, last.current, id) : null;
    last.current = id;
    setEverything(false);
    setPicked((before) => {
      const next = new Set(before);
      if (range) for (const each of range) next.add(each);
      else if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const clear = () => {
    setEverything(false);
    setPicked(new Set());
  };
  return {
    cursors,
    onLoaded,
    onToggle,
    selected,
    everything,
    shownCount: shown.size,
    /** More items match than were fetched. */
    hasMore: pages.at(-1)?.next != null,
    selectShown: () => setPicked(new Set(shown)),
    selectEverything: () => setEverything(true),
    clear,
  };
}

export type ItemSelection = ReturnType<typeof useItemSelection>;

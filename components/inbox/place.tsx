"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { parseAsString, useQueryStates } from "nuqs";
import { type ComponentProps, createContext, type MouseEvent, type ReactNode, use, useMemo, useRef } from "react";

/** What the address says of the right pane: what is open, and what belongs to it alone. */
const parsers = {
  issue: parseAsString,
  item: parseAsString,
  pane: parseAsString,
  view: parseAsString,
  attempt: parseAsString,
  items: parseAsString,
  error: parseAsString,
};
const keys = Object.keys(parsers);

interface Place {
  issueId: string | null;
  itemId: string | null;
  /** The address of an issue (and an item) that keeps tab, search and sort. */
  hrefOf: (issueId: string | null, itemId?: string) => string;
  /**
   * Goes there at once, without asking the server. The same queue writes the filters and tabs into the address: through the router,
   * what is pressed right after a click would write the address of before back.
   */
  open: (issueId: string | null, itemId: string | null, history: "push" | "replace") => void;
  /** The issue where the last key or click went, also before the page shows it: the next key must not wait for that. */
  latest: () => string | null;
}

const PlaceContext = createContext<Place | null>(null);

export function usePlace(): Place {
  const place = use(PlaceContext);
  if (place === null) throw new Error("usePlace needs a PlaceProvider above it");
  return place;
}

export function PlaceProvider({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const search = useSearchParams();
  const [{ issue, item }, setPlace] = useQueryStates(parsers);
  // Not in the address yet.
  const heading = useRef<{ issueId: string | null } | null>(null);
  const place = useMemo(
    (): Place => ({
      issueId: issue,
      itemId: item,
      hrefOf: (issueId, itemId) => {
        const next = new URLSearchParams(search);
        for (const key of keys) next.delete(key);
        if (issueId) next.set("issue", issueId);
        if (itemId) next.set("item", itemId);
        const text = next.toString();
        return text === "" ? pathname : `${pathname}?${text}`;
      },
      open: (issueId, itemId, history) => {
        const bare = { item: itemId, pane: null, view: null, attempt: null, items: null, error: null };
        const here = { issueId };
        heading.current = here;
        void setPlace({ issue: issueId, ...bare }, { history }).finally(() => {
          if (heading.current === here) heading.current = null;
        });
      },
      latest: () => (heading.current ? heading.current.issueId : new URLSearchParams(window.location.search).get("issue")),
    }),
    [issue, item, pathname, search, setPlace],
  );
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

interface PlaceLinkProps extends Omit<ComponentProps<typeof Link>, "href" | "onClick"> {
  issueId: string | null;
  itemId?: string;
}

/** A link inside the inbox: a plain click stays on the page, all else is what the browser does with a link. */
export function PlaceLink({ issueId, itemId, ...rest }: PlaceLinkProps) {
  const { hrefOf, open } = usePlace();
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(issueId, itemId ?? null, "push");
  };
  return <Link href={hrefOf(issueId, itemId)} scroll={false} prefetch={false} onClick={onClick} {...rest} />;
}

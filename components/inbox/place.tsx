"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { parseAsString, useQueryStates } from "nuqs";
import { type ComponentProps, createContext, type MouseEvent, type ReactNode, use, useEffect, useMemo, useRef } from "react";

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
  const shown = useRef(issue);
  // Not shown yet. The address is no measure: it is written a moment later, and not once for each key that is pressed.
  const heading = useRef<{ issueId: string | null } | null>(null);
  useEffect(() => {
    shown.current = issue;
    if (heading.current?.issueId === issue) heading.current = null;
  }, [issue]);
  useEffect(() => {
    const turnBack = () => {
      heading.current = null;
    };
    window.addEventListener("popstate", turnBack);
    return () => window.removeEventListener("popstate", turnBack);
  }, []);
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
        heading.current = issueId === shown.current ? null : { issueId };
        void setPlace({ issue: issueId, ...bare }, { history });
      },
      latest: () => (heading.current ? heading.current.issueId : shown.current),
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

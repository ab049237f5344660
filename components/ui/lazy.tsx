"use client";

import { type ComponentType, type LazyExoticComponent, lazy, type ReactNode, Suspense, useEffect, useState } from "react";

type Load = () => Promise<unknown>;

/** A component whose code is no part of the page's: it is fetched when it is first drawn, or by `fetch` before that. */
export type LazyPart<Props extends object> = LazyExoticComponent<ComponentType<Props>> & { fetch: Load };

export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  return Object.assign(
    lazy(async () => ({ default: await load() })),
    { fetch: load },
  );
}

interface OnceOpenProps {
  open: boolean;
  /** What is inside, to be fetched before it is asked for. */
  part: { fetch: Load };
  children: ReactNode;
}

/** Around a dialog that is a lazy part. Its code is fetched when the page is still, or when it opens, whichever is first. */
export function OnceOpen({ open, part, children }: OnceOpenProps) {
  usePrefetch(part);
  const [needed, setNeeded] = useState(open);
  // It stays once it was open, so that it closes as any dialog does.
  if (open && !needed) setNeeded(true);
  return needed ? <Suspense>{children}</Suspense> : null;
}

// Safari does not tell when it is idle.
const withoutIdleMs = 1_000;

/** Fetches a part that will be needed soon, once the page is still. */
export function usePrefetch({ fetch }: { fetch: Load }): void {
  useEffect(() => {
    // What cannot be fetched now is fetched, and told of, when it is needed.
    const fetchNow = () => void fetch().catch(() => undefined);
    if (typeof requestIdleCallback === "undefined") {
      const timer = setTimeout(fetchNow, withoutIdleMs);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(fetchNow);
    return () => cancelIdleCallback(idle);
  }, [fetch]);
}

"use client";

import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { NotFetched, PartBoundary } from "./part-boundary.tsx";

type Load = () => Promise<unknown>;

/** A component whose code is no part of the page's: it is fetched when it is first drawn, or by `fetch` before that. */
export type LazyPart<Props extends object> = ComponentType<Props> & { fetch: Load };

/** What cannot be fetched says so in its place, and is fetched again when asked to: the rest of the page stays as it is. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  return partOf(load, { floats: false });
}

/** The same for a dialog, which has no place on the page to say it in. */
export function lazyDialog<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  return partOf(load, { floats: true });
}

function partOf<Props extends object>(load: () => Promise<ComponentType<Props>>, { floats }: { floats: boolean }): LazyPart<Props> {
  const attempts = attemptsAt(load);
  // biome-ignore lint/correctness/noComponentHookFactories: made once for each part, when the module that names it is read
  function Part(props: Props) {
    const { no, Component } = useSyncExternalStore(attempts.subscribe, attempts.current, attempts.current);
    return (
      <PartBoundary key={no} tries={no} floats={floats} onRetry={attempts.again}>
        <Component {...props} />
      </PartBoundary>
    );
  }
  return Object.assign(Part, { fetch: load });
}

/** The fetches of one part, shared by all places it is drawn at: what one of them asks for again comes to all. */
function attemptsAt<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const attempt = (no: number) => ({ no, Component: lazy(async () => ({ default: await load().catch(NotFetched.because) })) });
  const listeners = new Set<() => void>();
  let latest = attempt(1);
  return {
    current: () => latest,
    again: () => {
      latest = attempt(latest.no + 1);
      for (const listener of listeners) listener();
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
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

"use client";

import { type ReactNode, useEffect, useState } from "react";
import { cn } from "./cn.ts";

/** A grey bar in the shape of what is coming. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block h-3 rounded bg-muted motion-safe:animate-pulse", className)} />;
}

const delayMs = 200;

/** Shows its children only when loading takes longer than 200 ms, so that quick answers do not flicker. */
export function SkeletonGate({ label = "Loading", children }: { label?: string; children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), delayMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={label}>
      {late ? (
        <>
          <span className="sr-only">{label}</span>
          {children}
        </>
      ) : null}
    </div>
  );
}

const rowKeys = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Rows of a list that is being fetched. */
export function SkeletonRows({ rows = 8, label }: { rows?: number; label?: string }) {
  return (
    <SkeletonGate {...(label ? { label } : {})}>
      <Rows count={rows} />
    </SkeletonGate>
  );
}

/** One thing that is being fetched: its name, facts about it, and what it consists of. */
export function SkeletonDetail({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <SkeletonGate label={label}>
      <div className="flex flex-col gap-5 border-b px-4 py-5 md:px-6">
        <Skeleton className="h-5 w-3/5 max-w-72" />
        <div className="flex flex-wrap gap-x-8 gap-y-3">
          {rowKeys.slice(0, 4).map((key) => (
            <span key={key} className="flex flex-col gap-2">
              <Skeleton className="h-2 w-10" />
              <Skeleton className="w-24" />
            </span>
          ))}
        </div>
      </div>
      <Rows count={rows} />
    </SkeletonGate>
  );
}

function Rows({ count }: { count: number }) {
  return rowKeys.slice(0, count).map((key) => (
    <div key={key} className="flex h-(--row-height) items-center gap-4 border-b px-4 md:px-6">
      <Skeleton className="w-20" />
      <Skeleton className="w-2/5" />
      <Skeleton className="ml-auto w-16" />
    </div>
  ));
}

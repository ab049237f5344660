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
      {rowKeys.slice(0, rows).map((key) => (
        <div key={key} className="flex h-(--row-height) items-center gap-4 border-b px-4 md:px-6">
          <Skeleton className="w-20" />
          <Skeleton className="w-2/5" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </SkeletonGate>
  );
}

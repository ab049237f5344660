import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** What the settings of a card come to, in words, while they are typed. `careful`: it is probably not what was meant. */
export function Sentence({ careful = false, children }: { careful?: boolean; children: ReactNode }) {
  return (
    <p className={cn("rounded-md px-2.5 py-1.5 text-sm tabular-nums", careful ? "bg-retrying-tint text-retrying" : "bg-subtle")}>
      {children}
    </p>
  );
}

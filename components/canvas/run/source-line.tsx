"use client";

import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** One thing to start a test run from. */
export function SourceLine({ active, onClick, children }: { active: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={active}
        onClick={onClick}
        className={cn(
          "focus-inset flex h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover",
          active && "bg-muted font-medium",
        )}
      >
        {children}
      </button>
    </li>
  );
}

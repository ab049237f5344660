import { Hourglass } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { formatCount, formatDuration, plural } from "./format.ts";
import { StatusBadge } from "./status-badge.tsx";

interface BulkProgressProps {
  /** Why it does not go on, or null. */
  why: ReactNode | null;
  look: ComponentProps<typeof StatusBadge>["look"];
  done: number;
  total: number;
  /** What is counted: "item". */
  unit: string;
  /** Until all is done, in ms; null where that is not foretold. */
  remainingMs: number | null;
  /** The bar and its legend. */
  children: ReactNode;
}

/** How far a bulk act is. */
export function BulkProgress({ why, look, done, total, unit, remainingMs, children }: BulkProgressProps) {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  return (
    <>
      {why === null ? null : (
        <p role="status" className="flex items-start gap-2 rounded-md bg-waiting-tint px-3 py-2 text-waiting">
          <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
          {why}
        </p>
      )}
      <section aria-label="Progress" className="flex flex-col gap-3">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge look={look} />
          <span className="tabular-nums">
            {formatCount(done)} of {plural(total, unit)} done ({percent} %)
          </span>
          {remainingMs === null ? null : <span className="text-fg-muted">about {formatDuration(remainingMs)} to go</span>}
        </p>
        {children}
      </section>
    </>
  );
}

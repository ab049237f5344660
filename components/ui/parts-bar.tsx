import { cn } from "./cn.ts";
import { formatCount } from "./format.ts";
import type { StatusTone } from "./status.ts";
import { toneClasses } from "./status-badge.tsx";

/** One thing that can become of what is being done, and of how many it has. */
export interface Part {
  key: string;
  label: string;
  tone: StatusTone;
  count: number;
  /** Not begun: no part of the bar. */
  pending?: boolean;
}

/** One bar, a part for each thing that can become of an item. */
export function PartsBar(props: { parts: readonly Part[]; done: number; total: number; label: string; className?: string }) {
  const { parts, done, total, label, className } = props;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={done}
      aria-valuemin={0}
      aria-valuemax={total}
      className={cn("flex h-1.5 gap-px overflow-hidden rounded-full bg-muted", className)}
    >
      {parts.map(({ key, tone, count, pending }) =>
        count === 0 || pending ? null : (
          <div
            key={key}
            className={cn("h-full transition-[width] duration-150", toneClasses[tone].fill)}
            style={{ width: `${(count / Math.max(1, total)) * 100}%` }}
          />
        ),
      )}
    </div>
  );
}

/** The counts, which always add up to the total. */
export function PartsCounts({ parts, total }: { parts: readonly Part[]; total: number }) {
  return (
    <dl aria-label="Counts" className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line sm:grid-cols-3 lg:grid-cols-6">
      {parts.map(({ key, label, tone, count }) => (
        <div key={key} className="flex flex-col bg-bg px-3 py-2.5">
          <dt className="flex items-center gap-1.5 text-fg-muted text-sm">
            <span aria-hidden className={cn("size-2 rounded-full", toneClasses[tone].fill)} />
            {label}
          </dt>
          <dd className="mt-0.5 font-semibold text-xl tabular-nums">{formatCount(count)}</dd>
        </div>
      ))}
      <div className="flex flex-col bg-bg px-3 py-2.5">
        <dt className="text-fg-muted text-sm">Total</dt>
        <dd className="mt-0.5 font-semibold text-xl tabular-nums">{formatCount(total)}</dd>
      </div>
    </dl>
  );
}

import { cn } from "#components/ui/cn.ts";
import { formatCount } from "#components/ui/format.ts";
import { toneClasses } from "#components/ui/status-badge.tsx";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { actWords, endedOf, progressParts } from "./redrive-words.ts";

/** One bar, a part for each thing that can become of an item. */
export function RedriveBar({ redrive, className }: { redrive: RedriveView; className?: string }) {
  const { progress } = redrive;
  return (
    <div
      role="progressbar"
      aria-label="Items done"
      aria-valuenow={endedOf(redrive)}
      aria-valuemin={0}
      aria-valuemax={progress.total}
      className={cn("flex h-1.5 gap-px overflow-hidden rounded-full bg-muted", className)}
    >
      {progressParts.map(({ key, tone }) =>
        progress[key] === 0 || key === "waiting" ? null : (
          <div
            key={key}
            className={cn("h-full transition-[width] duration-150", toneClasses[tone].fill)}
            style={{ width: `${(progress[key] / Math.max(1, progress.total)) * 100}%` }}
          />
        ),
      )}
    </div>
  );
}

/** The counts, which always add up to the total. */
export function RedriveCounts({ redrive: { act, progress } }: { redrive: RedriveView }) {
  // Only a redrive is under way for a while, and can fail again.
  const parts = progressParts.filter(({ key }) => act === "redrive" || (key !== "running" && key !== "failed"));
  return (
    <dl
      aria-label="Counts"
      className={cn(
        "grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line",
        act === "redrive" ? "sm:grid-cols-3 lg:grid-cols-6" : "sm:grid-cols-4",
      )}
    >
      {parts.map(({ key, label, tone }) => (
        <div key={key} className="flex flex-col bg-bg px-3 py-2.5">
          <dt className="flex items-center gap-1.5 text-fg-muted text-sm">
            <span aria-hidden className={cn("size-2 rounded-full", toneClasses[tone].fill)} />
            {key === "succeeded" ? actWords[act].done : label}
          </dt>
          <dd className="mt-0.5 font-semibold text-xl tabular-nums">{formatCount(progress[key])}</dd>
        </div>
      ))}
      <div className="flex flex-col bg-bg px-3 py-2.5">
        <dt className="text-fg-muted text-sm">Total</dt>
        <dd className="mt-0.5 font-semibold text-xl tabular-nums">{formatCount(progress.total)}</dd>
      </div>
    </dl>
  );
}

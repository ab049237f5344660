import { cn } from "#components/ui/cn.ts";
import { formatDuration } from "#components/ui/format.ts";
import { toneClasses } from "#components/ui/status-badge.tsx";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { type Meaning, meaningOf, type Segment, type SegmentKind } from "./segments.ts";
import type { TimeScale } from "./time-scale.ts";

/** Told apart by height and pattern as well as by colour. */
const shapes: Record<SegmentKind, string> = {
  queue: "h-0.5 bg-queued",
  work: "h-3 rounded-xs",
  "attempt-good": "h-3 rounded-xs bg-succeeded",
  "attempt-bad": "h-3 rounded-xs border-2 border-retrying bg-retrying-tint",
  "attempt-open": "h-3 rounded-l-xs border-y border-l border-running bg-running-tint",
  backoff: "h-2 bg-retrying/50 stripes",
  throttle: "h-1.5 bg-waiting/40 dots",
  wait: "h-2 rounded-xs border border-dotted border-waiting bg-waiting-tint",
};

const failures = { failure: "h-4 border-0 bg-failed", dead: "h-4 border-0 border-fg border-r-3 bg-dead" };

/** What bars look like, in the order in which a step goes through it. */
export const segmentLegend: readonly { meaning: Meaning; label: string; className: string }[] = [
  { meaning: "queue", label: "Waiting for its turn", className: shapes.queue },
  { meaning: "attempt-good", label: "Succeeded", className: shapes["attempt-good"] },
  { meaning: "attempt-bad", label: "Attempt failed, retried", className: shapes["attempt-bad"] },
  { meaning: "failure", label: "Final failure", className: cn("rounded-xs", failures.failure) },
  { meaning: "dead", label: "Dead-lettered", className: cn("rounded-xs", failures.dead) },
  { meaning: "backoff", label: "Gap before a retry", className: shapes.backoff },
  { meaning: "throttle", label: "Waiting under a limit", className: shapes.throttle },
  { meaning: "wait", label: "Parked", className: shapes.wait },
  { meaning: "attempt-open", label: "Under way", className: shapes["attempt-open"] },
];

function ownClass(segment: Segment, step: StepSummary): string | null {
  if (segment.kind === "work") return toneClasses[segment.look.tone].fill;
  const meaning = meaningOf(segment, step);
  return meaning === "failure" || meaning === "dead" ? failures[meaning] : null;
}

/** One stretch of a step on the time axis. */
export function SegmentBar({ segment, step, scale, startMs }: { segment: Segment; step: StepSummary; scale: TimeScale; startMs: number }) {
  const left = scale.place(segment.from);
  const width = scale.place(segment.to) - left;
  return (
    <span
      title={`${segment.label}: ${formatDuration(segment.to - segment.from)}, from ${formatDuration(segment.from - startMs)} to ${formatDuration(segment.to - startMs)}`}
      className={cn("absolute top-1/2 min-w-0.5 -translate-y-1/2", shapes[segment.kind], ownClass(segment, step))}
      style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
    />
  );
}

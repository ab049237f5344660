import { cn } from "#components/ui/cn.ts";
import { formatDuration } from "#components/ui/format.ts";
import { toneClasses } from "#components/ui/status-badge.tsx";
import type { StepSummary } from "#lib/shared/api-types.ts";
import type { Segment, SegmentKind } from "./segments.ts";
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

export const segmentLegend = [
  { label: "Waiting for its turn", className: shapes.queue },
  { label: "Attempt succeeded", className: shapes["attempt-good"] },
  { label: "Attempt failed, retried", className: shapes["attempt-bad"] },
  { label: "Final failure", className: "h-4 rounded-xs bg-failed" },
  { label: "Gap before a retry", className: shapes.backoff },
  { label: "Waiting under a limit", className: shapes.throttle },
  { label: "Parked", className: shapes.wait },
  { label: "Under way", className: shapes["attempt-open"] },
];

/** The last attempt of a step that failed for good is its failure, not one of its retries. */
function finalClass(segment: Segment, step: StepSummary): string | null {
  if (segment.kind === "work") return toneClasses[segment.look.tone].fill;
  const last = step.attemptSummaries.at(-1);
  if (segment.kind !== "attempt-bad" || step.status !== "failed" || !last || Date.parse(last.startedAt) !== segment.from) return null;
  return step.deadLettered ? "h-4 border-0 border-fg border-r-3 bg-dead" : "h-4 border-0 bg-failed";
}

/** One stretch of a step on the time axis. */
export function SegmentBar({ segment, step, scale, startMs }: { segment: Segment; step: StepSummary; scale: TimeScale; startMs: number }) {
  const left = scale.place(segment.from);
  const width = scale.place(segment.to) - left;
  return (
    <span
      title={`${segment.label}: ${formatDuration(segment.to - segment.from)}, from ${formatDuration(segment.from - startMs)} to ${formatDuration(segment.to - startMs)}`}
      className={cn("absolute top-1/2 min-w-0.5 -translate-y-1/2", shapes[segment.kind], finalClass(segment, step))}
      style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
    />
  );
}

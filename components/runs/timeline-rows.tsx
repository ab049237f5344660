"use client";

import { ChevronRight, Repeat, Webhook } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Duration } from "#components/ui/duration.tsx";
import { formatCount } from "#components/ui/format.ts";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusIcon, toneClasses } from "#components/ui/status-badge.tsx";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import type { RunRow } from "./run-rows.ts";
import { SegmentBar } from "./segment-bar.tsx";
import type { Segment } from "./segments.ts";
import type { TimeScale } from "./time-scale.ts";
import { rowGrid } from "./timeline-axis.tsx";

/** The pseudo step that stands for what started the run. */
export const eventRow = "event";

const rowClass = "focus-inset relative h-(--row-height) w-full border-b text-left hover:bg-subtle aria-current:bg-accent-tint";
const itemsAtOnce = 50;

interface Bars {
  segments: ReadonlyMap<string, Segment[]>;
  scale: TimeScale;
  startMs: number;
}

export function EventRow({ selected, onSelect }: { selected: boolean; onSelect: () => void }) {
  return (
    <button type="button" data-step={eventRow} aria-current={selected || undefined} onClick={onSelect} className={cn(rowGrid, rowClass)}>
      <span className="flex min-w-0 items-center gap-2">
        <Webhook aria-hidden className="size-3.5 shrink-0 text-fg-subtle" />
        <span className="truncate">Event</span>
      </span>
    </button>
  );
}

interface StepRowProps extends Bars {
  step: StepSummary;
  selected: boolean;
  onSelect: () => void;
  inside?: boolean;
}

export function StepRow({ step, selected, onSelect, inside = false, segments, scale, startMs }: StepRowProps) {
  const look = lookOfStep(step);
  return (
    <button
      type="button"
      data-step={step.id}
      aria-current={selected || undefined}
      onClick={onSelect}
      className={cn(rowGrid, rowClass, step.status === "skipped" && "text-fg-subtle")}
    >
      <span className={cn("flex min-w-0 items-center gap-2", inside && "pl-5")}>
        <StatusIcon look={look} />
        <span className="min-w-0 leading-4">
          <span className="block truncate">{inside ? describeIteration(step.iteration) : step.name}</span>
          <span className="sr-only">, </span>
          <span className={cn("block truncate text-xs leading-3.5", toneClasses[look.tone].text)}>{look.label}</span>
        </span>
        {step.iteration && !inside ? (
          <span className="shrink-0 text-fg-subtle text-sm tabular-nums">{describeIteration(step.iteration)}</span>
        ) : null}
        {step.attempts > 1 ? <span className="text-fg-subtle text-sm tabular-nums">×{step.attempts}</span> : null}
      </span>
      <span className="relative hidden h-full md:block">
        {(segments.get(step.id) ?? []).map((segment) => (
          <SegmentBar key={`${segment.kind} ${segment.from}`} segment={segment} step={step} scale={scale} startMs={startMs} />
        ))}
      </span>
      <span className="text-right text-fg-muted tabular-nums">
        {step.startedAt ? <Duration ms={step.durationMs} since={step.startedAt} /> : null}
      </span>
    </button>
  );
}

const countWords: Record<StepStatus, string> = {
  succeeded: "succeeded",
  failed: "failed",
  deduplicated: "duplicates",
  skipped: "skipped",
  running: "running",
  waiting: "waiting",
  pending: "not started",
};

interface LoopRowProps extends Bars {
  row: Extract<RunRow, { kind: "loop" }>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  selected: string;
  onSelect: (stepId: string) => void;
}

/** All steps of one node inside a loop: folded to their counts, unfolded a page at a time. */
export function LoopRow({ row, open, onOpenChange, selected, onSelect, ...bars }: LoopRowProps) {
  const [shown, setShown] = useState(itemsAtOnce);
  const chosen = row.steps.findIndex((step) => step.id === selected);
  const visible = row.steps.slice(0, Math.max(shown, chosen + 1));
  const failed = row.counts.find(({ status }) => status === "failed");
  const words = row.counts.map(({ status, count }) => `${formatCount(count)} ${countWords[status]}`).join(", ");
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => onOpenChange(!open)}
        className="focus-inset flex h-(--row-height) w-full items-center gap-2 border-b px-4 text-left hover:bg-subtle md:px-6"
      >
        <ChevronRight aria-hidden className={cn("size-3.5 shrink-0 text-fg-subtle transition-transform", open && "rotate-90")} />
        <Repeat aria-hidden className="size-3.5 shrink-0 text-fg-subtle" />
        <span className="truncate">{row.name}</span>
        <span className={cn("truncate text-sm tabular-nums", failed ? "text-failed" : "text-fg-muted")}>{words}</span>
      </button>
      {open ? (
        <ol aria-label={`Items of ${row.name}`}>
          {visible.map((step) => (
            <li key={step.id}>
              <StepRow step={step} inside selected={selected === step.id} onSelect={() => onSelect(step.id)} {...bars} />
            </li>
          ))}
          {visible.length < row.steps.length ? (
            <li className="flex justify-center border-b py-2">
              <Button size="sm" onClick={() => setShown(shown + itemsAtOnce)}>
                Show {formatCount(Math.min(itemsAtOnce, row.steps.length - visible.length))} more
              </Button>
            </li>
          ) : null}
          {row.total > row.steps.length ? (
            <li className="border-b px-6 py-2 text-fg-muted text-sm">
              {formatCount(row.total - row.steps.length)} more of {formatCount(row.total)} are not listed: give an item below to see its
              steps.
            </li>
          ) : null}
        </ol>
      ) : null}
    </>
  );
}

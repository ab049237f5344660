"use client";

import { Webhook } from "lucide-react";
import { useMemo, useRef } from "react";
import { cn } from "#components/ui/cn.ts";
import { Duration } from "#components/ui/duration.tsx";
import { formatDuration } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { IterationFilter } from "./iteration-filter.tsx";
import { SegmentBar, segmentLegend } from "./segment-bar.tsx";
import { isBusy, segmentsOf } from "./segments.ts";
import { makeTimeScale, type TimeScale } from "./time-scale.ts";

/** The pseudo step that stands for what started the run. */
export const eventRow = "event";

export interface RunTimelineProps {
  run: RunView;
  selected: string;
  onSelect: (stepId: string) => void;
}

const rowGrid = "grid grid-cols-[minmax(0,1fr)_4.5rem] md:grid-cols-[13rem_minmax(0,1fr)_4.5rem] items-center gap-3 px-4 md:px-6";

/** The steps of a run, each with its bar on a common time axis: waiting, attempts, gaps. */
export function RunTimeline({ run, selected, onSelect }: RunTimelineProps) {
  const nowMs = useNow(!isFinalRun(run.status));
  const list = useRef<HTMLOListElement>(null);
  const { rows, scale } = useMemo(() => {
    const from = Date.parse(run.createdAt);
    const endMs = run.finishedAt ? Date.parse(run.finishedAt) : Math.max(nowMs, from);
    const made = run.steps.map((step) => ({ step, segments: segmentsOf(step, endMs) }));
    const all = made.flatMap((row) => row.segments);
    const to = Math.max(endMs, ...all.map((segment) => segment.to));
    return { rows: made, scale: makeTimeScale({ from, to }, all.filter(isBusy)) };
  }, [run.steps, run.createdAt, run.finishedAt, nowMs]);

  const ids = [eventRow, ...run.steps.map((step) => step.id)];
  const move = (by: number) => {
    const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(selected) + by))];
    if (!next) return;
    onSelect(next);
    list.current?.querySelector<HTMLElement>(`[data-step="${next}"]`)?.focus();
  };
  useShortcuts("Run", [
    { keys: "ArrowDown", label: "Next step", run: () => move(1) },
    { keys: "ArrowUp", label: "Previous step", run: () => move(-1) },
  ]);
  return (
    <section aria-label="Timeline">
      <Axis scale={scale} />
      <ol ref={list}>
        <li>
          <EventRow selected={selected === eventRow} onSelect={() => onSelect(eventRow)} />
        </li>
        {rows.map(({ step, segments }) => (
          <li key={step.id}>
            <StepRow step={step} selected={selected === step.id} onSelect={() => onSelect(step.id)}>
              {segments.map((segment) => (
                <SegmentBar key={`${segment.kind} ${segment.from}`} segment={segment} step={step} scale={scale} />
              ))}
            </StepRow>
          </li>
        ))}
      </ol>
      {run.iterations.length > 0 ? <IterationFilter run={run} /> : null}
      <Legend />
    </section>
  );
}

function Axis({ scale }: { scale: TimeScale }) {
  return (
    <div aria-hidden className={cn(rowGrid, "h-8 border-y bg-subtle text-fg-subtle text-xs")}>
      <span className="font-medium text-fg-muted text-sm">Step</span>
      <div className="relative hidden h-full md:block">
        {scale.ticks.map((tick) => (
          <span key={tick.offsetMs} className="absolute top-2 whitespace-nowrap tabular-nums" style={{ left: `${tick.at * 100}%` }}>
            {tick.offsetMs === 0 ? "0" : formatDuration(tick.offsetMs).replace(/\.?0+ s$/, " s")}
          </span>
        ))}
        {scale.gaps.map((gap) => (
          <span
            key={gap.from}
            title={`${formatDuration(gap.to - gap.from)} in which nothing happened`}
            className="absolute top-2 overflow-hidden text-center"
            style={{ left: `${gap.at * 100}%`, width: `${gap.width * 100}%` }}
          >
            ⋯
          </span>
        ))}
      </div>
      <span className="text-right font-medium text-fg-muted text-sm">Duration</span>
    </div>
  );
}

const rowClass = "focus-inset relative h-(--row-height) w-full border-b text-left hover:bg-subtle aria-current:bg-accent-tint";

function EventRow({ selected, onSelect }: { selected: boolean; onSelect: () => void }) {
  return (
    <button type="button" data-step={eventRow} aria-current={selected || undefined} onClick={onSelect} className={cn(rowGrid, rowClass)}>
      <span className="flex min-w-0 items-center gap-2">
        <Webhook aria-hidden className="size-3.5 shrink-0 text-fg-subtle" />
        <span className="truncate">Event</span>
      </span>
    </button>
  );
}

function StepRow({
  step,
  selected,
  onSelect,
  children,
}: {
  step: StepSummary;
  selected: boolean;
  onSelect: () => void;
  children: React.ReactNode;
}) {
  const look = lookOfStep(step);
  return (
    <button
      type="button"
      data-step={step.id}
      aria-current={selected || undefined}
      onClick={onSelect}
      className={cn(rowGrid, rowClass, step.status === "skipped" && "text-fg-subtle")}
    >
      <span className="flex min-w-0 items-center gap-2">
        <StatusIcon look={look} />
        <span className="truncate">
          {step.name}
          <span className="sr-only">, {look.label}</span>
        </span>
        {step.iteration ? <span className="shrink-0 text-fg-subtle text-sm tabular-nums">{describeIteration(step.iteration)}</span> : null}
        {step.attempts > 1 ? <span className="text-fg-subtle text-sm tabular-nums">×{step.attempts}</span> : null}
      </span>
      <span className="relative hidden h-full md:block">{children}</span>
      <span className="text-right text-fg-muted tabular-nums">
        {step.startedAt ? (
          <Duration ms={step.durationMs} since={step.startedAt} />
        ) : (
          <span aria-hidden className="text-sm">
            {look.label}
          </span>
        )}
      </span>
    </button>
  );
}

function Legend() {
  return (
    <ul aria-label="Legend" className="hidden flex-wrap gap-x-4 gap-y-1 px-6 py-2.5 text-fg-subtle text-xs md:flex">
      {segmentLegend.map(({ label, className }) => (
        <li key={label} className="flex items-center gap-1.5">
          <span aria-hidden className={cn("inline-block w-5", className)} />
          {label}
        </li>
      ))}
    </ul>
  );
}

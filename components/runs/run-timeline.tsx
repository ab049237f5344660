"use client";

import { ChevronsDownUp, ChevronsUpDown, Table2, ZoomIn, ZoomOut } from "lucide-react";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useNow } from "#components/ui/now.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { IterationFilter } from "./iteration-filter.tsx";
import { type RunRow, rowsOf, visibleIds } from "./run-rows.ts";
import { segmentLegend } from "./segment-bar.tsx";
import { isBusy, type Meaning, meaningsOf, type Segment, segmentsOf } from "./segments.ts";
import { StepTable } from "./step-table.tsx";
import { makeTimeScale, type Span, type TimeScale } from "./time-scale.ts";
import { Axis } from "./timeline-axis.tsx";
import { EventRow, eventRow, LoopRow, StepRow } from "./timeline-rows.tsx";
import { readZoom, within, writeZoom } from "./zoom.ts";

export interface RunTimelineProps {
  run: RunView;
  selected: string;
  onSelect: (stepId: string) => void;
}

/** The bars of a run on one axis of time, or of the stretch that is zoomed to. */
function useBars(run: RunView, zoom: string | null) {
  const nowMs = useNow(!isFinalRun(run.status));
  return useMemo(() => {
    const start = Date.parse(run.createdAt);
    const endMs = run.finishedAt ? Date.parse(run.finishedAt) : Math.max(nowMs, start);
    const segments = new Map<string, Segment[]>(run.steps.map((step) => [step.id, segmentsOf(step, endMs)]));
    const all = [...segments.values()].flat();
    const whole: Span = { from: start, to: Math.max(endMs, ...all.map((segment) => segment.to)) };
    const window = readZoom(zoom, start) ?? whole;
    const inside = (each: Segment) => within(each, window);
    for (const [id, own] of segments)
      segments.set(
        id,
        own.flatMap((each) => inside(each) ?? []),
      );
    const busy = all.filter(isBusy).flatMap((each) => within(each, window) ?? []);
    return { start, whole, window, segments, scale: makeTimeScale(window, busy) };
  }, [run.steps, run.createdAt, run.finishedAt, nowMs, zoom]);
}

/** Which loops are unfolded: those of the choice, and the one that holds what is selected. */
function useUnfolded(rows: readonly RunRow[], selected: string) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const holding = rows.find((row) => row.kind === "loop" && row.steps.some((step) => step.id === selected));
  const shown = holding?.kind === "loop" ? new Set([...open, holding.nodeId]) : open;
  const all = rows.flatMap((row) => (row.kind === "loop" ? [row.nodeId] : []));
  return {
    shown,
    hasLoops: all.length > 0,
    set: (nodeId: string, isOpen: boolean) => setOpen(new Set(isOpen ? [...open, nodeId] : [...open].filter((id) => id !== nodeId))),
    expand: () => setOpen(new Set(all)),
    collapse: () => setOpen(new Set()),
  };
}

/** The steps of a run, each with its bar on a common time axis: waiting, attempts, gaps. */
export function RunTimeline({ run, selected, onSelect }: RunTimelineProps) {
  const [zoom, setZoom] = useQueryState("zoom", parseAsString);
  const [asTable, setAsTable] = useQueryState("table", parseAsBoolean.withDefault(false));
  const { start, whole, window, segments, scale } = useBars(run, zoom);
  const rows = useMemo(() => rowsOf(run), [run]);
  const unfolded = useUnfolded(rows, selected);
  useTimelineKeys({ ids: [eventRow, ...visibleIds(rows, unfolded.shown)], selected, onSelect, ...unfolded });
  const own = segmentsOfStep(run, selected, whole);
  const stretch: Span | null =
    own.length > 0 ? { from: Math.min(...own.map((each) => each.from)), to: Math.max(...own.map((each) => each.to)) } : null;
  return (
    <section aria-label="Timeline">
      <div className="flex flex-wrap items-center gap-1 border-t px-4 py-1.5 md:px-6">
        {asTable ? null : (
          <ZoomButtons zoomed={zoom !== null} stretch={stretch} onZoom={(span) => void setZoom(span && writeZoom(span, start))} />
        )}
        {unfolded.hasLoops ? (
          <>
            <Button size="sm" variant="ghost" icon={<ChevronsUpDown aria-hidden />} onClick={unfolded.expand}>
              Expand all
            </Button>
            <Button size="sm" variant="ghost" icon={<ChevronsDownUp aria-hidden />} onClick={unfolded.collapse}>
              Collapse all
            </Button>
          </>
        ) : null}
        <Button
          size="sm"
          variant="ghost"
          className="ml-auto"
          icon={<Table2 aria-hidden />}
          aria-pressed={asTable}
          onClick={() => void setAsTable(asTable ? null : true)}
        >
          {asTable ? "As bars" : "As a table"}
        </Button>
      </div>
      {asTable ? (
        <StepTable run={run} selected={selected} onSelect={onSelect} endMs={whole.to} />
      ) : (
        <>
          <Axis scale={scale} window={window} startMs={start} onZoom={(span) => void setZoom(writeZoom(span, start))} />
          <Rows rows={rows} segments={segments} scale={scale} startMs={start} selected={selected} onSelect={onSelect} unfolded={unfolded} />
        </>
      )}
      {run.iterations.length > 0 ? <IterationFilter run={run} /> : null}
      {asTable ? null : <Legend meanings={meaningsOf(run.steps, segments)} />}
    </section>
  );
}

function segmentsOfStep(run: RunView, stepId: string, whole: Span): Segment[] {
  const step = run.steps.find((each) => each.id === stepId);
  return step ? segmentsOf(step, whole.to) : [];
}

function ZoomButtons(props: { zoomed: boolean; stretch: Span | null; onZoom: (span: Span | null) => void }) {
  const { zoomed, stretch, onZoom } = props;
  const reason = stretch === null ? "Choose a step that began" : stretch.to - stretch.from < 1 ? "The step took no time to speak of" : null;
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={<ZoomIn aria-hidden />}
        disabledReason={reason}
        className="hidden md:inline-flex"
        onClick={() => onZoom(stretch)}
      >
        Zoom to the step
      </Button>
      {zoomed ? (
        <Button size="sm" variant="ghost" icon={<ZoomOut aria-hidden />} onClick={() => onZoom(null)}>
          Whole run
        </Button>
      ) : null}
    </>
  );
}

interface TimelineKeys {
  ids: readonly string[];
  selected: string;
  onSelect: (stepId: string) => void;
  expand: () => void;
  collapse: () => void;
}

function useTimelineKeys({ ids, selected, onSelect, expand, collapse }: TimelineKeys) {
  const move = (by: number) => {
    const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(selected) + by))];
    if (!next) return;
    onSelect(next);
    document.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
  };
  useShortcuts("Run", [
    { keys: "ArrowDown", label: "Next step", run: () => move(1) },
    { keys: "ArrowUp", label: "Previous step", run: () => move(-1) },
    { keys: "e", label: "Expand all loops", run: expand },
    { keys: "w", label: "Collapse all loops", run: collapse },
  ]);
}

interface RowsProps extends Pick<RunTimelineProps, "selected" | "onSelect"> {
  rows: readonly RunRow[];
  segments: ReadonlyMap<string, Segment[]>;
  scale: TimeScale;
  startMs: number;
  unfolded: ReturnType<typeof useUnfolded>;
}

function Rows({ rows, unfolded, selected, onSelect, ...bars }: RowsProps) {
  return (
    <ol>
      <li>
        <EventRow selected={selected === eventRow} onSelect={() => onSelect(eventRow)} />
      </li>
      {rows.map((row) =>
        row.kind === "step" ? (
          <li key={row.step.id}>
            <StepRow step={row.step} selected={selected === row.step.id} onSelect={() => onSelect(row.step.id)} {...bars} />
          </li>
        ) : (
          <li key={row.nodeId}>
            <LoopRow
              row={row}
              open={unfolded.shown.has(row.nodeId)}
              onOpenChange={(open) => unfolded.set(row.nodeId, open)}
              selected={selected}
              onSelect={onSelect}
              {...bars}
            />
          </li>
        ),
      )}
    </ol>
  );
}

/** Explains the bars that are there, and no others. */
function Legend({ meanings }: { meanings: ReadonlySet<Meaning> }) {
  const shown = segmentLegend.filter(({ meaning }) => meanings.has(meaning));
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Legend" className="hidden flex-wrap gap-x-4 gap-y-1 px-6 py-2.5 text-fg-subtle text-xs md:flex">
      {shown.map(({ label, className }) => (
        <li key={label} className="flex items-center gap-1.5">
          <span aria-hidden className={cn("inline-block w-5", className)} />
          {label}
        </li>
      ))}
    </ul>
  );
}

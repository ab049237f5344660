"use client";

import { type PointerEvent, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { formatDuration } from "#components/ui/format.ts";
import type { Span, TimeScale } from "./time-scale.ts";
import { timeAt } from "./zoom.ts";

export const rowGrid = "grid grid-cols-[minmax(0,1fr)_4.5rem] md:grid-cols-[13rem_minmax(0,1fr)_4.5rem] items-center gap-3 px-4 md:px-6";

/** Less than this share of the width is a click, not a drag. */
const shortestDrag = 0.01;

/** The words of a later tick would run into the next column. */
const lastTick = 0.9;

interface AxisProps {
  scale: TimeScale;
  /** What is drawn. */
  window: Span;
  startMs: number;
  onZoom: (span: Span) => void;
}

/** The time of a run, from its receipt. Dragging over it zooms; "Zoom to the step" does the same without dragging. */
export function Axis({ scale, window, startMs, onZoom }: AxisProps) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const [low, high] = drag ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)] : [0, 0];
  const finish = () => {
    setDrag(null);
    if (high - low < shortestDrag) return;
    const span = { from: timeAt(scale, window, low), to: timeAt(scale, window, high) };
    if (span.to > span.from) onZoom(span);
  };
  return (
    <div aria-hidden className={cn(rowGrid, "h-8 border-y bg-subtle text-fg-subtle text-xs")}>
      <span className="font-medium text-fg-muted text-sm">Step</span>
      <div
        title="Drag to zoom"
        className="relative hidden h-full cursor-crosshair touch-none select-none md:block"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: at(event), to: at(event) });
        }}
        onPointerMove={(event) => (drag ? setDrag({ ...drag, to: at(event) }) : undefined)}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {drag ? (
          <span className="absolute inset-y-0 bg-accent/20" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
        ) : null}
        {scale.ticks
          .filter((tick) => tick.at <= lastTick)
          .map((tick) => (
            <span key={tick.offsetMs} className="absolute top-2 whitespace-nowrap tabular-nums" style={{ left: `${tick.at * 100}%` }}>
              {tickText(tick.offsetMs + window.from - startMs)}
            </span>
          ))}
        {scale.gaps.map((gap) => (
          <span
            key={gap.from}
            title={`${formatDuration(gap.to - gap.from)} hidden, in which nothing happened`}
            className="absolute top-2 overflow-hidden whitespace-nowrap text-center"
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

function tickText(offsetMs: number): string {
  return offsetMs === 0 ? "0" : formatDuration(offsetMs).replace(/\.?0+ s$/, " s");
}

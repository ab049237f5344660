"use client";

import { ChevronDown, ChevronUp, Eraser, Pause, Play, ScrollText } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatClock, formatCount, plural } from "#components/ui/format.ts";
import { usePreferences, useZone } from "#components/ui/preferences.ts";
import { useStored } from "#components/ui/stored.ts";
import { Time } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { useNode } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { type LogLine, logLines } from "./log-lines.ts";

const maxShown = 500;

/** What happens in the shown run, line by line, below the canvas. */
export function LogPane({ view, panel }: { view: RunView; panel: PanelState }) {
  const [open, setOpen] = useStored("sluice.log-pane", false, isBoolean);
  const [onlyStep, setOnlyStep] = useState(false);
  const [paused, setPaused] = useState<LogLine[] | null>(null);
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set());
  const node = useNode(panel.nodeId);
  const current = useMemo(() => logLines(view), [view]);
  const all = (paused ?? current).filter(({ key }) => !cleared.has(key));
  const lines = onlyStep && node !== undefined ? all.filter(({ nodeId }) => nodeId === node.id) : all;
  const behind = paused === null ? 0 : current.length - paused.length;
  return (
    <section aria-label="Log" className="flex shrink-0 flex-col border-t bg-bg">
      <div className="flex h-9 items-center gap-1 px-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex h-7 items-center gap-1.5 rounded px-1.5 font-medium text-sm hover:bg-hover"
        >
          <ScrollText aria-hidden className="size-3.5 text-fg-subtle" />
          Log
          <span className="font-normal text-fg-muted tabular-nums">{plural(lines.length, "line")}</span>
          {open ? <ChevronDown aria-hidden className="size-3.5" /> : <ChevronUp aria-hidden className="size-3.5" />}
        </button>
        {open ? (
          <span className="ml-auto flex items-center gap-1">
            {behind > 0 ? <span className="px-1 text-fg-muted text-sm tabular-nums">{formatCount(behind)} more since</span> : null}
            <Button
              size="sm"
              variant="ghost"
              aria-pressed={onlyStep}
              className={cn(onlyStep && "bg-muted text-fg")}
              disabledReason={node === undefined ? "Choose a step first" : null}
              onClick={() => setOnlyStep(!onlyStep)}
            >
              Only {node === undefined ? "one step" : node.name}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              icon={paused === null ? <Pause aria-hidden /> : <Play aria-hidden />}
              onClick={() => setPaused(paused === null ? current : null)}
            >
              {paused === null ? "Pause" : "Go on"}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              icon={<Eraser aria-hidden />}
              onClick={() => setCleared(new Set(current.map(({ key }) => key)))}
            >
              Clear
            </Button>
          </span>
        ) : null}
      </div>
      {open ? <Lines lines={lines} left={view.moreSteps} onOpen={panel.open} /> : null}
    </section>
  );
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** `left`: steps of loops that the run does not bring along. */
function Lines({ lines, left, onOpen }: { lines: LogLine[]; left: number; onOpen: (nodeId: string) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const shown = lines.slice(-maxShown);
  const last = lines.at(-1)?.key;
  // The newest line stays in sight, unless somebody has gone up to read.
  const atEnd = useRef(true);
  useEffect(() => {
    if (last !== undefined && atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [last]);
  const dropped = lines.length - shown.length;
  return (
    <div
      ref={list}
      onScroll={({ currentTarget: at }) => {
        atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
      }}
      className="h-44 overflow-y-auto border-t px-2 py-1 font-mono text-sm"
    >
      {dropped > 0 ? <p className="px-1.5 py-0.5 text-fg-subtle">{plural(dropped, "earlier line")} not shown</p> : null}
      {left > 0 ? (
        <p className="px-1.5 py-0.5 text-fg-subtle">{plural(left, "step")} inside of loops not listed; the run's page has them</p>
      ) : null}
      {shown.length === 0 ? (
        <p className="px-1.5 py-4 text-center font-sans text-fg-muted">Nothing here yet. Lines come while the run goes on.</p>
      ) : null}
      <ol>
        {shown.map((line) => (
          <Line key={line.key} line={line} onOpen={onOpen} />
        ))}
      </ol>
    </div>
  );
}

const tones: Record<LogLine["tone"], string> = { plain: "text-fg-muted", good: "text-succeeded", bad: "text-failed", wait: "text-waiting" };

function Line({ line, onOpen }: { line: LogLine; onOpen: (nodeId: string) => void }) {
  const { nodeId } = line;
  const zone = useZone();
  const { hour12 } = usePreferences();
  const time = new Date(line.atMs).toISOString();
  return (
    <li className="flex min-w-0 items-baseline gap-3 px-1.5 leading-6">
      <Time at={time} className="shrink-0 text-fg-subtle">
        {formatClock(line.atMs, zone, hour12)}.{time.slice(20, 23)}
      </Time>
      {nodeId === null ? (
        <span className="w-36 shrink-0 truncate text-fg-subtle">{line.name}</span>
      ) : (
        <button
          type="button"
          onClick={() => onOpen(nodeId)}
          className="w-36 shrink-0 truncate rounded text-left hover:underline"
          title={line.name}
        >
          {line.name}
        </button>
      )}
      <span className={cn("min-w-0 truncate", tones[line.tone])} title={line.text}>
        {line.text}
      </span>
    </li>
  );
}

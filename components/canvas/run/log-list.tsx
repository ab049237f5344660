"use client";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { formatClock, plural } from "#components/ui/format.ts";
import { usePreferences, useZone } from "#components/ui/preferences.ts";
import { Time } from "#components/ui/time.tsx";
import { type LogLine, lineMove } from "./log-lines.ts";

const maxShown = 500;

interface LogListProps {
  lines: LogLine[];
  /** Steps of loops that the run does not bring along. */
  left: number;
  /** The step whose lines stand out: the one in the panel. */
  openNodeId: string | null;
  onOpen: (nodeId: string) => void;
  /** It was opened by key: the keyboard goes to the newest line. */
  takesFocus: boolean;
}

/** The lines themselves, the newest last. One tab stop: arrows go from line to line, Enter opens the step of a line. */
export function LogList({ lines, left, openNodeId, onOpen, takesFocus }: LogListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const shown = lines.slice(-maxShown);
  const last = lines.at(-1)?.key;
  const current = shown.some(({ key }) => key === active) ? active : last;
  // The newest line stays in sight, unless somebody has gone up to read.
  const atEnd = useRef(true);
  useEffect(() => {
    if (last !== undefined && atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [last]);
  useEffect(() => {
    if (takesFocus) focusLine(list.current, -1);
  }, [takesFocus]);
  const onKeyDown = (event: KeyboardEvent) => {
    const index = shown.findIndex(({ key }) => key === current);
    const to = event.altKey || event.ctrlKey || event.metaKey ? null : lineMove(event.key, index, shown.length);
    if (to === null) return;
    event.preventDefault();
    focusLine(list.current, to);
  };
  const dropped = lines.length - shown.length;
  return (
    <div
      ref={list}
      onScroll={({ currentTarget: at }) => {
        atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
      }}
      className="h-44 overflow-y-auto border-t px-2 py-1 font-mono text-sm max-md:h-[34dvh] max-md:px-1"
    >
      {dropped > 0 ? <p className="px-1.5 py-0.5 text-fg-subtle">{plural(dropped, "earlier line")} not shown</p> : null}
      {left > 0 ? (
        <p className="px-1.5 py-0.5 text-fg-subtle">{plural(left, "step")} inside of loops not listed; the run's page has them</p>
      ) : null}
      {shown.length === 0 ? (
        <p className="px-1.5 py-4 text-center font-sans text-fg-muted">Nothing here yet. Lines come while the run goes on.</p>
      ) : null}
      <ol aria-label="Lines" onKeyDown={onKeyDown}>
        {shown.map((line) => (
          <Line
            key={line.key}
            line={line}
            tabIndex={line.key === current ? 0 : -1}
            open={line.nodeId !== null && line.nodeId === openNodeId}
            onFocus={() => setActive(line.key)}
            onOpen={onOpen}
          />
        ))}
      </ol>
    </div>
  );
}

/** Counted from the end when below 0. */
function focusLine(list: HTMLElement | null, index: number): void {
  [...(list?.querySelectorAll<HTMLElement>("[data-log-line]") ?? [])].at(index)?.focus();
}

const tones: Record<LogLine["tone"], string> = { plain: "text-fg-muted", good: "text-succeeded", bad: "text-failed", wait: "text-waiting" };

interface LineProps {
  line: LogLine;
  tabIndex: 0 | -1;
  open: boolean;
  onFocus: () => void;
  onOpen: (nodeId: string) => void;
}

/** On a phone what happened stands below the time and the step, as long as it is. */
function Line({ line, tabIndex, open, onFocus, onOpen }: LineProps) {
  const { nodeId } = line;
  const zone = useZone();
  const { hour12 } = usePreferences();
  const time = new Date(line.atMs).toISOString();
  const words = (
    <>
      <span className={cn("w-36 shrink-0 truncate max-md:w-auto max-md:max-w-full", nodeId === null && "text-fg-subtle")} title={line.name}>
        {line.name}
      </span>{" "}
      <span className={cn("max-md:wrap-anywhere min-w-0 truncate max-md:whitespace-normal", tones[line.tone])} title={line.text}>
        {line.text}
      </span>
    </>
  );
  const common = { tabIndex, onFocus, "data-log-line": "" };
  const wordsClass = "flex min-w-0 flex-1 items-baseline gap-x-3 rounded text-left max-md:flex-col max-md:items-start";
  return (
    <li
      className={cn("flex min-w-0 items-baseline gap-3 rounded px-1.5 leading-6 max-md:py-0.5 max-md:leading-5", open && "bg-accent-tint")}
    >
      <Time at={time} tabIndex={tabIndex} className="shrink-0 text-fg-subtle">
        {formatClock(line.atMs, zone, hour12)}.{time.slice(20, 23)}
      </Time>
      {nodeId === null ? (
        <span {...common} className={wordsClass}>
          {words}
        </span>
      ) : (
        <button type="button" {...common} onClick={() => onOpen(nodeId)} className={cn(wordsClass, "hover:bg-hover")}>
          {words}
        </button>
      )}
    </li>
  );
}

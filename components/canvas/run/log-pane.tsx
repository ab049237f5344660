"use client";

import { ChevronDown, ChevronUp, Eraser, Pause, Play, ScrollText } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatCount, plural } from "#components/ui/format.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { useStored } from "#components/ui/stored.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import { useNode } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import { LogList } from "./log-list.tsx";

/** What happens in the shown run, line by line, below the canvas. */
export function LogPane({ view, panel }: { view: RunView; panel: PanelState }) {
  const [open, setOpen] = useStored("sluice.log-pane", false, isBoolean);
  const [onlyStep, setOnlyStep] = useState(false);
  const [paused, setPaused] = useState<LogLine[] | null>(null);
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set());
  const [byKey, setByKey] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);
  const node = useNode(panel.nodeId);
  const current = useMemo(() => logLines(view), [view]);
  const all = (paused ?? current).filter(({ key }) => !cleared.has(key));
  const lines = onlyStep && node !== undefined ? all.filter(({ nodeId }) => nodeId === node.id) : all;
  const behind = paused === null ? 0 : current.length - paused.length;
  const show = (next: boolean, key: boolean) => {
    setOpen(next);
    setByKey(next && key);
    if (key && !next) toggle.current?.focus();
  };
  useShortcuts("Editor", [{ keys: "l", label: "Log of the run", run: () => show(!open, true) }]);
  return (
    <section aria-label="Log" className="flex shrink-0 flex-col border-t bg-bg">
      <div className="flex min-h-9 flex-wrap items-center gap-1 px-2 py-1 max-md:px-1">
        <button
          ref={toggle}
          type="button"
          aria-expanded={open}
          onClick={() => show(!open, false)}
          className="flex h-7 items-center gap-1.5 rounded px-1.5 font-medium text-sm hover:bg-hover"
        >
          <ScrollText aria-hidden className="size-3.5 text-fg-subtle" />
          Log
          <span className="font-normal text-fg-muted tabular-nums">{plural(lines.length, "line")}</span>
          {open ? <ChevronDown aria-hidden className="size-3.5" /> : <ChevronUp aria-hidden className="size-3.5" />}
        </button>
        {open ? (
          <span className="ml-auto flex min-w-0 flex-wrap items-center gap-1">
            {behind > 0 ? <span className="px-1 text-fg-muted text-sm tabular-nums">{formatCount(behind)} more since</span> : null}
            <Button
              size="sm"
              variant="ghost"
              aria-pressed={onlyStep}
              className={cn("min-w-0", onlyStep && "bg-muted text-fg")}
              disabledReason={node === undefined ? "Choose a step first" : null}
              onClick={() => setOnlyStep(!onlyStep)}
            >
              <span className="max-w-44 truncate max-md:max-w-28">Only {node === undefined ? "one step" : node.name}</span>
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
      {open ? <LogList lines={lines} left={view.moreSteps} openNodeId={panel.nodeId} onOpen={panel.open} takesFocus={byKey} /> : null}
    </section>
  );
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

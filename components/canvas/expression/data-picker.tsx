"use client";

import { Braces, ChevronRight } from "lucide-react";
import { useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Popover } from "#components/ui/popover.tsx";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { oneLine } from "./preview.ts";
import type { SampleScope } from "./sample-scope.ts";

const shownEntries = 60;

/** The data a step can use, with sample values, the nearest step first. A click puts its path into the field. */
export function DataPicker({ sample, onPick }: { sample: SampleScope; onPick: (path: string) => void }) {
  const [open, setOpen] = useState(false);
  const pick = (path: string) => {
    setOpen(false);
    onPick(path);
  };
  return (
    <Popover
      label="Insert data"
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="max-h-96 w-96 overflow-y-auto p-1.5"
      trigger={<IconButton label="Insert data" icon={<Braces aria-hidden />} className="size-6" />}
    >
      {sample.steps.map(({ node, output, real }) => (
        <Source
          key={node.id}
          title={node.name}
          hint={real ? "last run" : "sample"}
          path={`steps.${node.id}.output`}
          value={output}
          onPick={pick}
        />
      ))}
      <Source
        title="Trigger"
        hint={sample.triggerIsReal ? "last run" : "sample"}
        path="trigger"
        value={sample.scope.trigger}
        onPick={pick}
        startOpen={sample.steps.length === 0}
      />
      <Source title="Variables" hint="" path="vars" value={sample.scope.vars} onPick={pick} />
      <Source title="Run" hint="" path="run" value={sample.scope.run} onPick={pick} />
    </Popover>
  );
}

interface SourceProps {
  title: string;
  hint: string;
  path: string;
  value: JsonValue;
  onPick: (path: string) => void;
  startOpen?: boolean;
}

function Source({ title, hint, path, value, onPick, startOpen = true }: SourceProps) {
  return (
    <section className="not-first:mt-1.5">
      <div className="flex items-baseline justify-between px-1.5 pb-0.5 text-fg-subtle text-xs">
        <h4 className="font-medium">{title}</h4>
        <span>{hint}</span>
      </div>
      <Entry name={path} path={path} value={value} depth={0} onPick={onPick} startOpen={startOpen} />
    </section>
  );
}

interface EntryProps {
  name: string;
  path: string;
  value: JsonValue;
  depth: number;
  onPick: (path: string) => void;
  startOpen?: boolean;
}

function childPath(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`;
}

function childrenOf(value: JsonValue, path: string): [string, string, JsonValue][] {
  if (Array.isArray(value)) return value.slice(0, shownEntries).map((item, index) => [`[${index}]`, `${path}[${index}]`, item]);
  if (isJsonObject(value))
    return Object.entries(value)
      .slice(0, shownEntries)
      .map(([key, child]) => [key, childPath(path, key), child]);
  return [];
}

// Opened level by level: a large payload is never drawn as a whole.
function Entry({ name, path, value, depth, onPick, startOpen = false }: EntryProps) {
  const [open, setOpen] = useState(startOpen);
  const children = childrenOf(value, path);
  return (
    <div>
      <div style={{ paddingLeft: depth * 14 }} className="flex items-center">
        {children.length > 0 ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={`${open ? "Close" : "Open"} ${name}`}
            onClick={() => setOpen(!open)}
            className="flex size-6 shrink-0 items-center justify-center rounded text-fg-subtle hover:bg-hover"
          >
            <ChevronRight aria-hidden className={cn("size-3 transition-transform", open && "rotate-90")} />
          </button>
        ) : (
          <span className="size-6 shrink-0" />
        )}
        <button
          type="button"
          title={path}
          onClick={() => onPick(path)}
          className="flex h-6 min-w-0 flex-1 items-center gap-2 rounded px-1 text-left font-mono text-sm hover:bg-hover"
        >
          <span className="shrink-0">{name}</span>
          {open ? null : <span className="truncate text-fg-subtle">{oneLine(value, 80)}</span>}
        </button>
      </div>
      {open
        ? children.map(([key, at, child]) => <Entry key={key} name={key} path={at} value={child} depth={depth + 1} onPick={onPick} />)
        : null}
    </div>
  );
}

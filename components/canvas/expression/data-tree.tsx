"use client";

import { ChevronRight } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { formatCount } from "#components/ui/format.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type DataRow, type DataSource, dataRows, pageSize, searchRows, type TreeState, treeMove, valueText } from "./data-rows.ts";
import { pathMime } from "./drag-path.ts";

interface DataTreeProps {
  sources: readonly DataSource[];
  /** Shown instead of the tree while there is one. */
  search: string;
  onPick: (path: string) => void;
  /** A row is being dragged, or no longer. */
  onDragging?: (dragging: boolean) => void;
  label: string;
}

/** Data as a tree with its values. Enter or a click puts a path into the field at hand; rows can be dragged into any field. */
export function DataTree({ sources, search, onPick, onDragging, label }: DataTreeProps) {
  const [state, setState] = useState<TreeState>(() => startState(sources));
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const searching = search.trim() !== "";
  const rows = useMemo(() => (searching ? searchRows(sources, search) : dataRows(sources, state)), [searching, sources, search, state]);
  const activePath = rows.some((row) => row.path === active) ? active : (rows[0]?.path ?? null);

  const fold = (path: string, open: boolean) => {
    const next = new Set(state.open);
    if (open) next.add(path);
    else next.delete(path);
    setState({ ...state, open: next });
  };
  const use = (row: DataRow) => {
    if (row.more === null) onPick(row.path);
    else setState({ ...state, shown: new Map(state.shown).set(row.more.of, (state.shown.get(row.more.of) ?? pageSize) + 10 * pageSize) });
  };
  const goTo = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (row === undefined) return;
    setActive(row.path);
    list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = rows.findIndex((row) => row.path === activePath);
    const row = rows[index];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = treeMove(event.key, rows, index);
    if (move === null) return;
    event.preventDefault();
    if (move.do === "go") goTo(move.to);
    else if (move.do === "fold") fold(row.path, move.open);
    else use(row);
  };
  return (
    <div ref={list} role="tree" aria-label={label} onKeyDown={onKeyDown} className="flex flex-col py-1">
      {rows.map((row) => (
        <Row
          key={row.path}
          row={row}
          focusable={row.path === activePath}
          onFocus={() => setActive(row.path)}
          onUse={() => use(row)}
          onFold={() => fold(row.path, !row.open)}
          onDragging={onDragging}
        />
      ))}
      {searching && rows.length === 0 ? (
        <p className="px-3 py-4 text-center text-fg-muted">Nothing in the data matches “{search}”.</p>
      ) : null}
    </div>
  );
}

/** The nearest step is open, and the trigger where there is no step; of the trigger's data the body. */
function startState(sources: readonly DataSource[]): TreeState {
  const open = new Set(["trigger", "trigger.body"]);
  const [first] = sources;
  if (first !== undefined) open.add(first.path);
  return { open, shown: new Map() };
}

interface RowProps {
  row: DataRow;
  focusable: boolean;
  onFocus: () => void;
  onUse: () => void;
  onFold: () => void;
  onDragging: ((dragging: boolean) => void) | undefined;
}

const indent = 14;

function Row({ row, focusable, onFocus, onUse, onFold, onDragging }: RowProps) {
  const isSource = row.source !== null;
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData(pathMime, row.path);
    event.dataTransfer.setData("text/plain", `{{ ${row.path} }}`);
    event.dataTransfer.effectAllowed = "copy";
    onDragging?.(true);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it listens to the keys
    <div
      role="treeitem"
      aria-level={row.level}
      aria-expanded={row.childCount > 0 ? row.open : undefined}
      aria-selected={focusable}
      data-path={row.path}
      tabIndex={focusable ? 0 : -1}
      title={row.more === null ? `{{ ${row.path} }}` : undefined}
      draggable={row.more === null}
      onDragStart={onDragStart}
      onDragEnd={() => onDragging?.(false)}
      onFocus={onFocus}
      onClick={onUse}
      style={{ paddingLeft: 6 + (row.level - 1) * indent }}
      className={cn(
        "focus-inset flex h-6 shrink-0 cursor-pointer items-center gap-1 rounded pr-3 text-sm hover:bg-hover",
        isSource && "not-first:mt-1",
      )}
    >
      {row.childCount > 0 ? (
        <span
          aria-hidden
          className="flex size-6 shrink-0 items-center justify-center text-fg-subtle hover:text-fg"
          onClick={(event) => {
            event.stopPropagation();
            onFold();
          }}
        >
          <ChevronRight className={cn("size-3 transition-transform", row.open && "rotate-90")} />
        </span>
      ) : (
        <span className="size-6 shrink-0" />
      )}
      {row.more === null ? (
        <>
          <span className={cn("truncate", isSource ? "font-medium" : "shrink-0 font-mono", "max-w-[60%]")}>{row.name}</span>
          {row.open ? null : <span className={cn("ml-1.5 min-w-0 truncate font-mono", valueClass(row.value))}>{valueText(row.value)}</span>}
          {row.source?.hint ? <span className="ml-auto shrink-0 pl-2 text-fg-subtle text-xs">{row.source.hint}</span> : null}
        </>
      ) : (
        <span className="text-accent-text">{formatCount(row.more.left)} more…</span>
      )}
    </div>
  );
}

function valueClass(value: JsonValue): string {
  if (typeof value === "string") return "text-succeeded";
  if (typeof value === "number") return "text-running";
  return typeof value === "boolean" ? "text-waiting" : "text-fg-subtle";
}

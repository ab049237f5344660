"use client";

import Link from "next/link";
import { type FocusEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from "react";
import { Checkbox } from "./checkbox.tsx";
import { cn } from "./cn.ts";
import { useListKeys } from "./list-keys.ts";
import { getPreferences } from "./preferences.ts";
import { typesCharacter } from "./shortcuts.ts";

export interface Column<T> {
  id: string;
  header: ReactNode;
  cell: (row: T) => ReactNode;
  /** Numbers and times. */
  align?: "right";
  /** Width and, with responsive classes, from which size it is shown. */
  className?: string;
  /** Its content becomes the link of the row. Exactly one column has it when rows are links. */
  primary?: boolean;
  /** A second line below its content: no part of the link's name. */
  under?: (row: T) => ReactNode;
}

export interface DataTableProps<T> {
  /** Accessible name: "Runs". */
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  /** Accessible name of a row: with its id and status. */
  rowName: (row: T) => string;
  href?: (row: T) => string;
  /** The row whose details are open beside the list. */
  isCurrent?: (row: T) => boolean;
  selection?: { selected: ReadonlySet<string>; onChange: (selected: ReadonlySet<string>) => void };
  /** Keys that act on the focused row, beside j, k, Enter and x. */
  onRowKey?: (key: string, row: T) => void;
  /** A plain click or Enter on a row's link does this instead; with Ctrl/⌘ the link opens in a new tab as always. */
  onOpen?: (row: T) => void;
  /** The focus came to a row; `byKey`: not by a click. */
  onRowFocus?: (row: T, byKey: boolean) => void;
  /** What stands below the row that is open; null for all others. */
  below?: (row: T) => ReactNode;
  className?: string;
}

function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

const edge = "px-2 first:pl-4 last:pr-4 md:first:pl-6 md:last:pr-6";

/** A dense table: rows are real links, `j`/`k` move the focus, `Enter` opens, `x` selects. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, rows, rowKey, selection, onRowKey, onOpen, onRowFocus, className } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  useListKeys(body, selection ? (key) => selection.onChange(toggled(selection.selected, key)) : undefined);
  const rowAt = (target: EventTarget) => {
    const key = target instanceof Element ? target.closest("[data-row]")?.getAttribute("data-row") : null;
    return rows.find((each) => rowKey(each) === key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!onRowKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typesCharacter(event.key) && !getPreferences().shortcuts) return;
    const row = rowAt(event.target);
    if (row) onRowKey(event.key, row);
  };
  const onClickCapture = (event: MouseEvent) => {
    if (!onOpen || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const row = event.target instanceof Element && event.target.closest("[data-row-link]") ? rowAt(event.target) : undefined;
    if (!row) return;
    // Before the link hears of it, which then leaves it alone.
    event.preventDefault();
    onOpen(row);
  };
  const onFocus = (event: FocusEvent) => {
    const row = onRowFocus && event.target.matches("[data-row-link]") ? rowAt(event.target) : undefined;
    if (row) onRowFocus?.(row, event.target.matches(":focus-visible"));
  };
  return (
    <div className={cn("relative w-full overflow-x-auto", className)}>
      <table aria-label={label} className="w-full border-collapse text-left">
        <Head {...props} />
        <tbody ref={body} onKeyDown={onKeyDown} onClickCapture={onClickCapture} onFocus={onFocus}>
          {rows.map((row) => (
            <Row key={rowKey(row)} {...props} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ rows, columns, rowKey, selection }: DataTableProps<T>) {
  const selected = selection?.selected ?? new Set();
  const all = rows.length > 0 && rows.every((row) => selected.has(rowKey(row)));
  return (
    <thead>
      <tr className="h-8 border-y bg-subtle text-fg-muted text-sm">
        {selection ? (
          <th className={cn(edge, "w-10")}>
            <Checkbox
              aria-label="Select all rows shown"
              checked={all}
              indeterminate={selected.size > 0 && !all}
              onCheckedChange={(checked) => selection.onChange(checked ? new Set(rows.map(rowKey)) : new Set())}
            />
          </th>
        ) : null}
        {columns.map((column) => (
          <th
            key={column.id}
            scope="col"
            className={cn(edge, "whitespace-nowrap font-medium", column.align === "right" && "text-right", column.className)}
          >
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row<T>({ row, columns, rowKey, rowName, href, isCurrent, selection, below }: DataTableProps<T> & { row: T }) {
  const key = rowKey(row);
  const current = isCurrent?.(row) ?? false;
  const selected = selection?.selected.has(key) ?? false;
  const more = below?.(row) ?? null;
  const line = (
    <tr
      data-row={key}
      aria-selected={selection ? selected : undefined}
      className={cn(
        "group relative h-(--row-height) border-b hover:bg-subtle has-[[data-row-link]:focus-visible]:bg-subtle",
        (selected || current) && "bg-accent-tint hover:bg-accent-tint",
      )}
    >
      {selection ? (
        <td className={edge}>
          <span className="relative z-10 flex">
            <Checkbox
              aria-label={`Select ${rowName(row)}`}
              checked={selected}
              onCheckedChange={() => selection.onChange(toggled(selection.selected, key))}
            />
          </span>
        </td>
      ) : null}
      {columns.map((column) => (
        <td key={column.id} className={cn(edge, column.align === "right" && "whitespace-nowrap text-right tabular-nums", column.className)}>
          {column.primary && href ? (
            <RowLink href={href(row)} name={rowName(row)} current={current}>
              {column.cell(row)}
            </RowLink>
          ) : (
            column.cell(row)
          )}
          {column.under?.(row)}
        </td>
      ))}
    </tr>
  );
  if (more === null) return line;
  return (
    <>
      {line}
      <tr className="border-b bg-subtle">
        <td colSpan={columns.length + (selection ? 1 : 0)} className={edge}>
          {more}
        </td>
      </tr>
    </>
  );
}

/** A link as big as its row. */
function RowLink({ href, name, current, children }: { href: string; name: string; current: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      data-row-link
      aria-label={name}
      aria-current={current || undefined}
      className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
    >
      {children}
    </Link>
  );
}

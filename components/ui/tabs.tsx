"use client";

import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { formatCount } from "./format.ts";

export interface TabItem<T extends string> {
  value: T;
  label: ReactNode;
  count?: number | undefined;
  /** Rendered while the tab is chosen. */
  content?: ReactNode;
}

export interface TabsProps<T extends string> {
  items: readonly TabItem<T>[];
  value: T;
  onValueChange: (value: T) => void;
  label: string;
  className?: string;
  listClassName?: string;
  panelClassName?: string;
}

/** Tabs with optional counts. Arrow keys move, the panel follows. */
export function Tabs<T extends string>({ items, value, onValueChange, label, className, listClassName, panelClassName }: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onValueChange(next)} className={cn("flex min-h-0 flex-col", className)}>
      <Base.List aria-label={label} activateOnFocus className={cn("flex shrink-0 gap-4 overflow-x-auto border-b px-4", listClassName)}>
        {items.map((item) => (
          <Base.Tab
            key={item.value}
            value={item.value}
            className="-mb-px focus-inset inline-flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-fg-muted hover:text-fg data-active:border-accent data-active:font-medium data-active:text-fg"
          >
            {item.label}
            {item.count === undefined ? null : (
              <span className="rounded bg-muted px-1 text-fg-muted text-xs tabular-nums">{formatCount(item.count)}</span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) =>
        item.content === undefined ? null : (
          <Base.Panel key={item.value} value={item.value} className={cn("focus-inset min-h-0 flex-1", panelClassName)}>
            {item.content}
          </Base.Panel>
        ),
      )}
    </Base.Root>
  );
}

"use client";

import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { floatClass, itemClass } from "./float.ts";
import { Kbd } from "./kbd.tsx";

export type MenuEntry =
  | {
      type?: "item";
      label: string;
      icon?: ReactNode;
      shortcut?: string;
      /** At the right, in place of a shortcut. */
      aside?: ReactNode;
      danger?: boolean;
      disabledReason?: string | null;
      onSelect: () => void;
    }
  | { type: "link"; label: string; icon?: ReactNode; shortcut?: string; href: string }
  | { type: "choice"; label: string; icon?: ReactNode; checked: boolean; onSelect: () => void }
  | { type: "separator" }
  | { type: "heading"; label: string };

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  side?: "top" | "right" | "bottom" | "left";
  align?: "start" | "center" | "end";
}

/** A menu of actions, opened by a button. */
export function Menu({ trigger, entries, side = "bottom", align = "end" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={cn(floatClass, "min-w-44 max-w-[var(--available-width)]")}>
            {entries.map((entry, index) => (
              <MenuLine key={entry.type === "separator" ? `separator-${index}` : entry.label} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** One entry of a menu; also used by `ContextMenu`. */
export function MenuLine({ entry }: { entry: MenuEntry }) {
  if (entry.type === "separator") return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
  if (entry.type === "heading") return <div className="px-2 pt-1.5 pb-1 text-fg-subtle text-xs">{entry.label}</div>;
  if (entry.type === "choice") {
    return (
      <Base.CheckboxItem checked={entry.checked} onCheckedChange={() => entry.onSelect()} closeOnClick className={itemClass}>
        {entry.icon}
        <span className="flex-1">{entry.label}</span>
        <Base.CheckboxItemIndicator className="text-accent-text">✓</Base.CheckboxItemIndicator>
      </Base.CheckboxItem>
    );
  }
  const inner = (
    <>
      {entry.icon}
      <span className="flex-1 truncate">{entry.label}</span>
      {"aside" in entry && entry.aside ? <span className="ml-4 text-fg-subtle text-sm tabular-nums">{entry.aside}</span> : null}
      {entry.shortcut ? <Kbd keys={entry.shortcut} className="ml-4 pointer-coarse:hidden" /> : null}
    </>
  );
  if (entry.type === "link") {
    return (
      <Base.LinkItem closeOnClick className={itemClass} render={<Link href={entry.href} />}>
        {inner}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item
      disabled={Boolean(entry.disabledReason)}
      className={cn(itemClass, entry.danger && "text-danger", entry.disabledReason && "flex-wrap")}
      onClick={entry.onSelect}
    >
      {inner}
      {entry.disabledReason ? <span className="w-full pl-5.5 text-sm">{entry.disabledReason}</span> : null}
    </Base.Item>
  );
}

"use client";

import { ContextMenu as Base } from "@base-ui/react/context-menu";
import type { ReactElement } from "react";
import { cn } from "./cn.ts";
import { floatClass } from "./float.ts";
import { type MenuEntry, MenuLine } from "./menu.tsx";

export interface ContextMenuProps {
  /** The element that answers a right click or a long press. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  onOpenChange?: (open: boolean) => void;
}

/** A menu at the pointer. Everything in it must also be reachable without it. */
export function ContextMenu({ trigger, entries, onOpenChange }: ContextMenuProps) {
  return (
    <Base.Root onOpenChange={(open) => onOpenChange?.(open)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none">
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

"use client";

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { floatClass } from "./float.ts";

export interface PopoverProps {
  /** The element that opens it; a button. */
  trigger: ReactElement;
  children: ReactNode;
  /** Accessible name of the layer. */
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: "top" | "right" | "bottom" | "left";
  align?: "start" | "center" | "end";
  className?: string;
}

/** A small layer beside its trigger, for controls that do not deserve a dialog. */
export function Popover({ trigger, children, label, open, onOpenChange, side = "bottom", align = "start", className }: PopoverProps) {
  return (
    <Base.Root {...(open === undefined ? {} : { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} className="z-50">
          <Base.Popup aria-label={label} className={cn(floatClass, "max-w-[calc(100vw-1rem)] p-3", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

type Side = "top" | "right" | "bottom" | "left";

export interface TooltipProps {
  content: ReactNode;
  /** The one element that shows it on hover and focus. */
  children: ReactElement;
  side?: Side;
}

/** A hint for sighted users. Whatever it says must also be in the element's accessible name or description. */
export function Tooltip({ content, children, side = "top" }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Hint side={side}>{content}</Hint>
    </Base.Root>
  );
}

/** The same hint at an element somebody else watches: of many elements, or of one that is drawn by other means. Null hides it. */
export function AnchoredTooltip({ anchor, content, onHide }: { anchor: Element | null; content: ReactNode; onHide: () => void }) {
  if (anchor === null) return null;
  return (
    <Base.Root open onOpenChange={(open) => (open ? undefined : onHide())}>
      <Hint side="top" anchor={anchor}>
        {content}
      </Hint>
    </Base.Root>
  );
}

function Hint({ side, anchor, children }: { side: Side; anchor?: Element; children: ReactNode }) {
  return (
    <Base.Portal>
      <Base.Positioner side={side} sideOffset={6} className="z-50" {...(anchor ? { anchor } : {})}>
        <Base.Popup className="max-w-80 whitespace-pre-line rounded-md bg-float px-2 py-1 text-sm text-fg shadow-float transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}

/** How long the pointer rests on an element before its hint comes. */
export const tooltipDelayMs = 350;

export const TooltipProvider = Base.Provider;

"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useRef } from "react";
import { IconButton } from "./button.tsx";
import { cn } from "./cn.ts";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, right-aligned. Put `data-confirm` on the one that Ctrl/⌘ Enter presses. */
  footer?: ReactNode;
  width?: "sm" | "md" | "lg" | "xl";
  /** Gets the focus at opening; otherwise the first field does. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Escape and the backdrop do not close it. */
  required?: boolean;
}

const widths = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl", xl: "max-w-6xl" };

/** A modal layer. Ctrl/⌘ Enter confirms, Esc closes, the focus goes back to its opener. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  width = "sm",
  initialFocus,
  required = false,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const confirm = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const button = popup.current?.querySelector<HTMLElement>("[data-confirm]");
    if (!button) return;
    event.preventDefault();
    button.click();
  };
  // The first thing to fill in, not the close button; a dialog without fields takes the focus itself.
  const firstField = () =>
    popup.current?.querySelector<HTMLElement>(
      "[data-autofocus],input:not([type=radio],[type=checkbox],[type=file],[aria-hidden=true]),textarea,.cm-content:not([aria-readonly=true])",
    ) ?? popup.current;
  return (
    <Base.Root open={open} onOpenChange={(next) => (next || !required ? onOpenChange(next) : undefined)} disablePointerDismissal={required}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/65" />
        <Base.Popup
          ref={popup}
          onKeyDown={confirm}
          initialFocus={initialFocus ?? firstField}
          className={cn(
            "fixed inset-x-3 top-[8dvh] z-40 mx-auto flex max-h-[84dvh] flex-col overflow-hidden rounded-lg bg-float text-fg shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0",
            widths[width],
          )}
        >
          <div className="py-4 pr-12 pl-5">
            <Base.Title className="font-semibold text-lg">{title}</Base.Title>
            {description ? <Base.Description className="mt-0.5 text-fg-muted">{description}</Base.Description> : null}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer ? <div className="flex flex-wrap items-center justify-end gap-2 border-t bg-subtle px-5 py-3">{footer}</div> : null}
          {required ? null : (
            <IconButton label="Close" icon={<X aria-hidden />} onClick={() => onOpenChange(false)} className="absolute top-3 right-3" />
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface PillProps {
  children: ReactNode;
  /** Shows a remove button with this accessible name. */
  removeLabel?: string;
  onRemove?: () => void;
  className?: string;
}

/** A chosen filter or value; can be taken away. */
export function Pill({ children, removeLabel, onRemove, className }: PillProps) {
  return (
    <span
      className={cn(
        "inline-flex h-6 max-w-full items-center gap-1 rounded-full border bg-subtle pl-2 text-fg text-sm",
        onRemove ? "pr-0" : "pr-2",
        className,
      )}
    >
      <span className="truncate">{children}</span>
      {onRemove ? (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="flex size-6 items-center justify-center rounded-full text-fg-subtle hover:text-fg"
        >
          <X aria-hidden className="size-3" />
        </button>
      ) : null}
    </span>
  );
}

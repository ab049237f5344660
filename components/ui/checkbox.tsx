"use client";

import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { cn } from "./cn.ts";

export interface CheckboxProps {
  checked: boolean;
  indeterminate?: boolean;
  /** `withShift`: everything between this mark and the last is meant. */
  onCheckedChange: (checked: boolean, withShift: boolean) => void;
  /** Shown beside it; without it give an `aria-label`. */
  label?: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
  className?: string;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
}

/** A choice that takes effect with the rest of the form, or a mark on a row. */
export function Checkbox({
  checked,
  indeterminate = false,
  onCheckedChange,
  label,
  description,
  disabled = false,
  className,
  ...rest
}: CheckboxProps) {
  const shift = useRef(false);
  const control = (
    <Base.Root
      {...rest}
      checked={checked}
      indeterminate={indeterminate}
      onClickCapture={(event) => {
        shift.current = event.shiftKey;
      }}
      onCheckedChange={(next) => onCheckedChange(next, shift.current)}
      disabled={disabled}
      className="relative flex size-4 shrink-0 items-center justify-center rounded border border-control bg-bg text-accent-fg after:absolute after:-inset-1.5 data-checked:border-accent data-indeterminate:border-accent data-checked:bg-accent data-indeterminate:bg-accent data-disabled:opacity-50"
    >
      <Base.Indicator className="flex">
        {indeterminate ? <Minus aria-hidden className="size-3" /> : <Check aria-hidden className="size-3" strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
  );
  if (!label) return control;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox rendered above
    <label className={cn("flex items-start gap-2", className)}>
      <span className="flex h-5 items-center">{control}</span>
      <span className="min-w-0">
        <span className="block">{label}</span>
        {description ? <span className="block text-fg-muted text-sm">{description}</span> : null}
      </span>
    </label>
  );
}

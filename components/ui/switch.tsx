"use client";

import { Switch as Base } from "@base-ui/react/switch";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface SwitchProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** Shown beside it; without it give an `aria-label`. */
  label?: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
  className?: string;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
}

/** On or off, at once. */
export function Switch({ checked, onCheckedChange, label, description, disabled = false, className, ...rest }: SwitchProps) {
  const control = (
    <Base.Root
      {...rest}
      checked={checked}
      onCheckedChange={(next) => onCheckedChange(next)}
      disabled={disabled}
      className="relative inline-flex h-4 w-7 shrink-0 items-center rounded-full bg-fg-subtle p-0.5 transition-colors duration-100 after:absolute after:-inset-1.5 data-checked:bg-accent data-disabled:opacity-50"
    >
      <Base.Thumb className="size-3 rounded-full bg-white transition-transform duration-100 data-checked:translate-x-3 dark:bg-zinc-950" />
    </Base.Root>
  );
  if (!label) return control;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the switch rendered above
    <label className={cn("flex items-start gap-2.5", className)}>
      <span className="flex h-5 items-center">{control}</span>
      <span className="min-w-0">
        <span className="block">{label}</span>
        {description ? <span className="block text-fg-muted text-sm">{description}</span> : null}
      </span>
    </label>
  );
}

"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { floatClass, itemClass } from "./float.ts";
import { controlClass } from "./input.tsx";

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  /** A second line in the list. */
  description?: string;
  icon?: ReactNode;
}

export interface SelectProps<T extends string> {
  options: readonly SelectOption<T>[];
  value: T | null;
  onValueChange: (value: T) => void;
  placeholder?: string;
  size?: "sm" | "md";
  className?: string;
  disabled?: boolean;
  name?: string;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** One of a short, fixed list. For long lists use `Combobox`. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { options, value, onValueChange, placeholder = "Choose", size = "md", className, disabled = false, name, ...aria } = props;
  return (
    <Base.Root
      items={options}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onValueChange(next);
      }}
      disabled={disabled}
      {...(name ? { name } : {})}
    >
      <Base.Trigger
        {...aria}
        className={cn(controlClass, "flex items-center justify-between gap-2 text-left", size === "sm" ? "h-7" : "h-8", className)}
      >
        <Base.Value className="truncate data-placeholder:text-fg-subtle" placeholder={placeholder} />
        <Base.Icon className="shrink-0 text-fg-subtle">
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className={cn(floatClass, "max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto")}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={cn(itemClass, "pr-7")}>
                  {option.icon}
                  <span className="min-w-0">
                    <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                    {option.description ? <span className="block text-fg-muted text-sm">{option.description}</span> : null}
                  </span>
                  <Base.ItemIndicator className="absolute right-2">
                    <Check aria-hidden className="size-3.5" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

"use client";

import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown, X } from "lucide-react";
import { cn } from "./cn.ts";
import { floatClass, itemClass } from "./float.ts";
import { controlClass } from "./input.tsx";

export interface ComboboxOption {
  value: string;
  label: string;
  description?: string;
}

export interface ComboboxProps {
  options: readonly ComboboxOption[];
  value: string | null;
  onValueChange: (value: string | null) => void;
  placeholder?: string;
  emptyText?: string;
  clearable?: boolean;
  size?: "sm" | "md";
  className?: string;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** One of a long list, found by typing. */
export function Combobox(props: ComboboxProps) {
  const {
    options,
    value,
    onValueChange,
    placeholder = "Search",
    emptyText = "Nothing matches.",
    clearable = false,
    size = "md",
    className,
    ...aria
  } = props;
  const selected = options.find((option) => option.value === value) ?? null;
  return (
    <Base.Root
      items={options}
      value={selected}
      onValueChange={(option, details) => {
        // Escape leaves a field; it must not empty it on the way.
        if (details.reason === "escape-key") return details.cancel();
        onValueChange(option?.value ?? null);
      }}
    >
      <div className={cn("relative", className)}>
        <Base.Input {...aria} placeholder={placeholder} className={cn(controlClass, "truncate pr-12", size === "sm" ? "h-7" : "h-8")} />
        <div className="absolute inset-y-0 right-1 flex items-center text-fg-subtle">
          {clearable ? (
            <Base.Clear aria-label="Clear" className="flex size-6 items-center justify-center rounded hover:text-fg">
              <X aria-hidden className="size-3" />
            </Base.Clear>
          ) : null}
          <Base.Trigger aria-label="Open the list" className="flex size-6 items-center justify-center rounded hover:text-fg">
            <ChevronsUpDown aria-hidden className="size-3.5" />
          </Base.Trigger>
        </div>
      </div>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={cn(floatClass, "max-h-[min(var(--available-height),20rem)] w-(--anchor-width) min-w-56 overflow-y-auto")}>
            <Base.Empty>
              <p className="px-2 py-3 text-fg-muted">{emptyText}</p>
            </Base.Empty>
            <Base.List>
              {(option: ComboboxOption) => (
                <Base.Item key={option.value} value={option} className={cn(itemClass, "pr-7")}>
                  <span className="min-w-0">
                    <span className="block truncate">{option.label}</span>
                    {option.description ? <span className="block truncate text-fg-muted text-sm">{option.description}</span> : null}
                  </span>
                  <Base.ItemIndicator className="absolute right-2">
                    <Check aria-hidden className="size-3.5" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass } from "./button.tsx";
import { cn } from "./cn.ts";
import { floatClass, itemClass } from "./float.ts";

export interface MultiSelectOption<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
}

export interface MultiSelectProps<T extends string> {
  /** "Status". Also what the button says while nothing is chosen. */
  label: string;
  options: readonly MultiSelectOption<T>[];
  /** What the button says while nothing is chosen, where the label stands beside it already. */
  empty?: string;
  values: readonly T[];
  onValuesChange: (values: T[]) => void;
}

/** Any of a short list, for filter bars. Stays open while choosing. */
export function MultiSelect<T extends string>({ label, options, empty = label, values, onValuesChange }: MultiSelectProps<T>) {
  const chosen = options.filter((option) => values.includes(option.value));
  const text =
    chosen.length === 0 ? empty : chosen.length <= 2 ? chosen.map((option) => option.label).join(", ") : `${label}: ${chosen.length}`;
  return (
    <Base.Root>
      <Base.Trigger
        className={cn(buttonClass(), "font-normal", chosen.length > 0 && "border-accent text-accent-text")}
        aria-label={`${label}: ${chosen.length === 0 ? "all" : text}`}
      >
        {text}
        <ChevronDown aria-hidden className="text-fg-subtle" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner align="start" sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={cn(floatClass, "min-w-44")}>
            {options.map((option) => (
              <Base.CheckboxItem
                key={option.value}
                checked={values.includes(option.value)}
                onCheckedChange={(checked) =>
                  onValuesChange(checked ? [...values, option.value] : values.filter((value) => value !== option.value))
                }
                closeOnClick={false}
                className={itemClass}
              >
                <span className="flex size-3.5 items-center justify-center">
                  <Base.CheckboxItemIndicator>
                    <Check aria-hidden />
                  </Base.CheckboxItemIndicator>
                </span>
                {option.icon}
                {option.label}
              </Base.CheckboxItem>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

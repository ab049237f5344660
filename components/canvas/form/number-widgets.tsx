"use client";

import { useState } from "react";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { JsonValue } from "#lib/shared/json.ts";
import { type DurationUnit, durationText, durationUnits, msOf, rangeText, readNumber, unitOf } from "./duration-text.ts";
import { FieldRow } from "./field-row.tsx";
import { useForm } from "./form-context.ts";
import type { WidgetProps } from "./widget-props.ts";

interface AriaProps {
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

interface NumberInputProps extends AriaProps {
  value: JsonValue | undefined;
  onValueChange: (value: number | string | undefined) => void;
  placeholder?: string | undefined;
  readOnly?: boolean;
  className?: string;
  "aria-label"?: string;
}

/** A number as a person types it: never clamped, never rewritten. */
export function NumberInput({ value, onValueChange, className, ...rest }: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text =
    typed !== null && readNumber(typed) === (value ?? undefined) ? typed : value === undefined || value === null ? "" : String(value);
  return (
    <Input
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      className={`tabular-nums ${className ?? ""}`}
      value={text}
      onChange={(event) => {
        setTyped(event.target.value);
        onValueChange(readNumber(event.target.value));
      }}
    />
  );
}

export function NumberWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined} hint={rangeText(field.min, field.max)}>
      <NumberInput
        value={value}
        onValueChange={(next) => form.set(path, next)}
        placeholder={field.defaultValue === undefined ? (field.placeholder ?? undefined) : `default ${String(field.defaultValue)}`}
        readOnly={form.readOnly}
        className="max-w-40"
      />
    </FieldRow>
  );
}

interface DurationInputProps extends AriaProps {
  /** Milliseconds; anything else is shown as it is. */
  value: JsonValue | undefined;
  onValueChange: (ms: number | string | undefined) => void;
  label: string;
  placeholderMs?: number | undefined;
  readOnly?: boolean;
}

/** A duration: a number and its unit, kept in milliseconds. */
export function DurationInput({ value, onValueChange, label, placeholderMs, readOnly = false, ...aria }: DurationInputProps) {
  const fallback = typeof placeholderMs === "number" ? unitOf(placeholderMs) : "s";
  const [chosen, setChosen] = useState<DurationUnit | null>(null);
  const unit = chosen ?? (typeof value === "number" ? unitOf(value) : fallback);
  const shown = typeof value === "number" ? value / msOf(unit) : value;
  return (
    <div className="flex max-w-72 gap-1.5">
      <NumberInput
        {...aria}
        value={shown}
        onValueChange={(next) => onValueChange(typeof next === "number" ? Math.round(next * msOf(unit) * 1_000) / 1_000 : next)}
        placeholder={typeof placeholderMs === "number" ? `default ${placeholderMs / msOf(unit)}` : undefined}
        readOnly={readOnly}
        className="min-w-0 flex-1"
      />
      <Select
        aria-label={`Unit of ${label}`}
        options={durationUnits}
        value={unit}
        disabled={readOnly}
        onValueChange={(next) => {
          setChosen(next);
          if (typeof shown === "number") onValueChange(shown * msOf(next));
        }}
        className="w-26 shrink-0"
      />
    </div>
  );
}

export function DurationWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined} hint={rangeText(field.min, field.max, durationText)}>
      <DurationInput
        value={value}
        label={field.label}
        placeholderMs={typeof field.defaultValue === "number" ? field.defaultValue : undefined}
        onValueChange={(next) => form.set(path, next)}
        readOnly={form.readOnly}
      />
    </FieldRow>
  );
}

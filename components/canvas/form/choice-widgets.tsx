"use client";

import cronstrue from "cronstrue";
import { useMemo } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { CodeText } from "#components/ui/code-text.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { formatAbsolute } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { nextFires } from "#lib/policies/schedule.ts";
import { FieldRow } from "./field-row.tsx";
import { fieldId, useForm } from "./form-context.ts";
import { wordsOf } from "./form-model.ts";
import type { WidgetProps } from "./widget-props.ts";

const acronyms = new Map([
  ["json", "JSON"],
  ["hex", "Hex"],
]);

// Codes such as GET stay as they are; words become words.
function optionLabel(option: string): string {
  const acronym = acronyms.get(option);
  if (acronym !== undefined) return acronym;
  return option === option.toUpperCase() || /\d/.test(option) ? option : wordsOf(option);
}

export function SelectWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const options = field.options.map((option) => ({ value: option, label: optionLabel(option) }));
  const current = typeof value === "string" ? value : typeof field.defaultValue === "string" ? field.defaultValue : null;
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined && value !== field.defaultValue}>
      <Select
        options={options}
        value={current}
        onValueChange={(next) => form.set(path, next)}
        disabled={form.readOnly}
        className="max-w-72"
      />
    </FieldRow>
  );
}

/** Any of a few, all in sight. */
export function ChoicesWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const chosen = Array.isArray(value) ? value : Array.isArray(field.defaultValue) ? field.defaultValue : [];
  const toggle = (option: string, on: boolean) =>
    form.set(
      path,
      field.options.filter((other) => (other === option ? on : chosen.includes(other))),
    );
  return (
    <fieldset data-field={fieldId(path)} className="min-w-0">
      <legend className="mb-1 font-medium text-sm">{field.label}</legend>
      <div className="grid grid-cols-2 gap-1.5">
        {field.options.map((option) => (
          <Checkbox
            key={option}
            checked={chosen.includes(option)}
            disabled={form.readOnly}
            onCheckedChange={(on) => toggle(option, on)}
            label={optionLabel(option)}
          />
        ))}
      </div>
      <FieldError message={form.errorAt(path)} />
    </fieldset>
  );
}

export function SwitchWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const checked = value === undefined ? field.defaultValue === true : value === true;
  return (
    <div data-field={fieldId(path)}>
      <Switch
        checked={checked}
        onCheckedChange={(next) => form.set(path, next)}
        disabled={form.readOnly}
        label={field.label}
        description={field.help ? <CodeText text={field.help} /> : undefined}
      />
    </div>
  );
}

const zones = () =>
  ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")].map((zone) => ({ value: zone, label: zone }));

export function TimezoneWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const options = useMemo(zones, []);
  const current = typeof value === "string" ? value : typeof field.defaultValue === "string" ? field.defaultValue : null;
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined}>
      <Combobox
        options={options}
        value={current}
        onValueChange={(zone) => form.set(path, zone ?? undefined)}
        placeholder="Search zones"
        className="max-w-72"
      />
    </FieldRow>
  );
}

export function ConnectionWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const none = form.connections.length === 0;
  return (
    <FieldRow
      field={none ? { ...field, help: "There is no connection yet. Create one under Connections." } : field}
      path={path}
      isSet={typeof value === "string"}
    >
      <Combobox
        options={form.connections}
        value={typeof value === "string" ? value : null}
        onValueChange={(id) => form.set(path, id)}
        placeholder="Choose a connection"
        emptyText="No connection matches."
        clearable
      />
    </FieldRow>
  );
}

/** A cron line, told in words with its next times in the zone beside it. */
export function CronWidget({ field, path, value, zone }: WidgetProps & { zone: string }) {
  const form = useForm();
  const text = typeof value === "string" ? value : "";
  return (
    <div>
      <FieldRow field={field} path={path} isSet={value !== undefined}>
        <Input
          value={text}
          onChange={(event) => form.set(path, event.target.value)}
          placeholder={field.placeholder ?? ""}
          readOnly={form.readOnly}
          className="font-mono"
          spellCheck={false}
        />
      </FieldRow>
      <CronPreview cron={text} zone={zone} />
    </div>
  );
}

const shownRuns = 3;

function CronPreview({ cron, zone }: { cron: string; zone: string }) {
  const preview = useMemo(() => cronPreview(cron, zone), [cron, zone]);
  if (preview === null) return null;
  return (
    <div className="mt-1.5 rounded-md bg-subtle px-2.5 py-1.5 text-sm">
      <p>{preview.words}</p>
      <ul className="text-fg-muted tabular-nums">
        {preview.next.map((at) => (
          <li key={at}>
            <Time at={new Date(at).toISOString()}>{formatAbsolute(at, zone)}</Time>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** By the rules the workers go by, across changes of the clocks too. */
function cronPreview(cron: string, timezone: string): { words: string; next: number[] } | null {
  try {
    const next = nextFires({ cron, timezone, afterMs: Date.now(), count: shownRuns });
    return { words: cronstrue.toString(cron, { use24HourTimeFormat: true }), next };
  } catch {
    return null;
  }
}

"use client";

import { ArrowDown, ArrowUp, ChevronRight, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { CodeText } from "#components/ui/code-text.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { readNumber } from "./duration-text.ts";
import { FieldRow } from "./field-row.tsx";
import { entryControls, focusSoon } from "./focus-soon.ts";
import { fieldId, useForm } from "./form-context.ts";
import { type FormField, initialObject, initialValue } from "./form-model.ts";
import type { WidgetProps } from "./widget-props.ts";

/** A list of objects: fields of a validation, its steps. Entries fold, move and go. */
export function ListWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const items = Array.isArray(value) ? value : [];
  const { item } = field;
  const [open, setOpen] = useState<number | null>(items.length === 1 ? 0 : null);
  const root = useRef<HTMLFieldSetElement>(null);
  if (item === null) return null;
  const set = (next: JsonValue[]) => form.set(path, next.length === 0 && !field.required ? undefined : next);
  const move = (index: number, by: number) => {
    const moved = items[index];
    if (moved === undefined || index + by < 0 || index + by >= items.length) return;
    set(items.toSpliced(index, 1).toSpliced(index + by, 0, moved));
    setOpen(open === index ? index + by : open);
  };
  const compact = item.widget === "variants";
  return (
    <fieldset ref={root} data-field={fieldId(path)} className="min-w-0">
      <legend className="mb-1 font-medium text-sm">{field.label}</legend>
      <ol className={cn("flex flex-col", compact ? "gap-1" : "gap-1.5", items.length > 0 && "mb-1.5")}>
        {items.map((entry, index) => (
          <Item
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
            key={index}
            item={item}
            entry={entry}
            path={[...path, String(index)]}
            label={`${field.label} ${index + 1}`}
            open={open === index || compact}
            onToggle={() => setOpen(open === index ? null : index)}
            onMove={(by) => move(index, by)}
            onRemove={() => {
              set(items.toSpliced(index, 1));
              focusSoon(root.current, ["[data-add]"]);
            }}
            isFirst={index === 0}
            isLast={index === items.length - 1}
          />
        ))}
      </ol>
      {form.readOnly ? null : (
        <Button
          size="sm"
          data-add=""
          icon={<Plus aria-hidden />}
          onClick={() => {
            set([...items, initialValue(item)]);
            setOpen(items.length);
            focusSoon(root.current, entryControls(fieldId([...path, String(items.length)])));
          }}
        >
          Add {field.label.toLowerCase().replace(/s$/, "")}
        </Button>
      )}
      {field.help ? (
        <p className="mt-1 text-fg-muted text-sm">
          <CodeText text={field.help} />
        </p>
      ) : null}
      <FieldError message={form.errorAt(path)} />
    </fieldset>
  );
}

interface ItemProps {
  item: FormField;
  entry: JsonValue;
  path: string[];
  label: string;
  open: boolean;
  onToggle: () => void;
  onMove: (by: number) => void;
  onRemove: () => void;
  isFirst: boolean;
  isLast: boolean;
}

function Item(props: ItemProps) {
  const { item, entry, path, label, open, onToggle, onMove, onRemove, isFirst, isLast } = props;
  const form = useForm();
  const { Fields } = form;
  const tools = form.readOnly ? null : (
    <span className="flex shrink-0">
      <IconButton
        label={`Move ${label} up`}
        icon={<ArrowUp aria-hidden />}
        className={cn("size-6", isFirst && "invisible")}
        onClick={() => onMove(-1)}
      />
      <IconButton
        label={`Move ${label} down`}
        icon={<ArrowDown aria-hidden />}
        className={cn("size-6", isLast && "invisible")}
        onClick={() => onMove(1)}
      />
      <IconButton label={`Remove ${label}`} icon={<Trash2 aria-hidden />} className="size-6" onClick={onRemove} />
    </span>
  );
  if (item.widget === "variants") {
    return (
      <li data-field={fieldId(path)} className="rounded-md border bg-subtle px-1.5 py-1">
        <VariantBody field={{ ...item, label }} path={path} value={entry} aside={tools} />
      </li>
    );
  }
  const title = titleOf(entry);
  return (
    <li data-field={fieldId(path)} className="rounded-md border">
      <div className="flex items-center gap-1 pr-1">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="focus-inset flex h-8 min-w-0 flex-1 items-center gap-1.5 rounded-md px-2 text-left"
        >
          <ChevronRight aria-hidden className={cn("size-3.5 shrink-0 text-fg-subtle transition-transform", open && "rotate-90")} />
          <span className="shrink-0 font-medium">{title.name || label}</span>
          <span className="truncate font-mono text-fg-subtle text-sm">{title.detail}</span>
        </button>
        {tools}
      </div>
      {open && isJsonObject(entry) ? (
        <div className="flex flex-col gap-3 border-t px-3 py-3">
          <Fields fields={item.fields} path={path} value={entry} />
        </div>
      ) : null}
    </li>
  );
}

/** What a folded entry says of itself: its first two texts, or lists of texts. */
function titleOf(entry: JsonValue): { name: string; detail: string } {
  const texts = isJsonObject(entry) ? Object.values(entry).flatMap((value) => shortText(value) ?? []) : [];
  return { name: texts[0] ?? "", detail: texts[1] ?? "" };
}

function shortText(value: JsonValue): string | null {
  if (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === "string")) return value.join(", ");
  return typeof value === "string" ? value : null;
}

/** One of several shapes: the choice, and the fields of what is chosen. */
export function VariantsWidget({ field, path, value }: WidgetProps) {
  return (
    <div data-field={fieldId(path)}>
      <VariantBody field={field} path={path} value={value ?? field.defaultValue} titled />
    </div>
  );
}

function VariantBody({ field, path, value, aside, titled = false }: WidgetProps & { aside?: ReactNode; titled?: boolean }) {
  const form = useForm();
  const { Fields } = form;
  const { discriminator } = field;
  if (discriminator === null) return null;
  const object = isJsonObject(value) ? value : {};
  const chosen = field.variants.find((variant) => variant.value === object[discriminator]);
  const choice = (
    <Select
      options={field.variants}
      value={chosen?.value ?? null}
      disabled={form.readOnly}
      onValueChange={(next) => form.set(path, switched(field, discriminator, next, object))}
      {...(titled ? {} : { "aria-label": field.label, size: "sm" })}
      className="max-w-72"
    />
  );
  return (
    <>
      {titled ? (
        <FieldRow field={{ ...field, defaultValue: undefined }} path={path} isSet={false}>
          {choice}
        </FieldRow>
      ) : (
        <div className="flex items-center justify-between gap-1">
          {choice}
          {aside}
        </div>
      )}
      {chosen !== undefined && chosen.fields.length > 0 ? (
        <div className={cn("mt-2 flex flex-col gap-3", titled ? "border-l-2 pl-3" : "px-1.5 pb-1.5")}>
          <Fields fields={chosen.fields} path={path} value={object} />
        </div>
      ) : null}
    </>
  );
}

/** Another shape keeps what it has in common with the one before: the secret stays when only the scheme changes. */
function switched(field: FormField, discriminator: string, next: string, before: JsonObject): JsonObject {
  const fields = field.variants.find((variant) => variant.value === next)?.fields ?? [];
  const common = fields.flatMap(({ key }): [string, JsonValue][] => (before[key] === undefined ? [] : [[key, before[key]]]));
  return { [discriminator]: next, ...initialObject(fields), ...Object.fromEntries(common) };
}

/** A list of plain values, one a line. */
export function ValuesWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const items = Array.isArray(value) ? value : Array.isArray(field.defaultValue) ? field.defaultValue : [];
  const text = items.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
  const [typed, setTyped] = useState<string | null>(null);
  const split = (list: string) => splitValues(list, field.anyValue);
  const shown = typed !== null && JSON.stringify(split(typed)) === JSON.stringify(items) ? typed : text;
  const change = (next: string) => {
    setTyped(next);
    const made = split(next);
    form.set(path, made.length === 0 ? undefined : made);
  };
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined} hint="separated by commas">
      <Input value={shown} onChange={(event) => change(event.target.value)} readOnly={form.readOnly} />
    </FieldRow>
  );
}

function splitValues(text: string, anyValue: boolean): JsonValue[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part) => (anyValue ? (readNumber(part) ?? part) : part));
}

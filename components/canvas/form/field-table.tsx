"use client";

import { ArrowDown, ArrowUp, ChevronRight, Plus, Trash2, WandSparkles } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { FieldError } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { useSample, useSamples } from "../expression/sample-context.ts";
import { Cells, previewWords } from "./field-cells.tsx";
import { countField, type FieldCounts } from "./field-counts.ts";
import { type FieldPreview, fieldsOfSample, previewField, stepWords } from "./field-preview.ts";
import { CountCells, countWords, FieldTries } from "./field-tries.tsx";
import { ManyVerdict, OneVerdict } from "./field-verdict.tsx";
import { entryControls, focusSoon } from "./focus-soon.ts";
import { fieldId, useForm } from "./form-context.ts";
import { type FormField, initialValue } from "./form-model.ts";
import type { WidgetProps } from "./widget-props.ts";

/** The fields of a validation as a table: each with what it makes of the sample, or of several, and its settings when opened. */
export function FieldTable({ field, path, value }: WidgetProps) {
  const form = useForm();
  const sample = useSample();
  const many = useSamples();
  const items = Array.isArray(value) ? value : [];
  const [open, setOpen] = useState<number | null>(null);
  const root = useRef<HTMLFieldSetElement>(null);
  const previews = useMemo(() => {
    const entries = Array.isArray(value) ? value : [];
    return entries.map((entry) => (sample === null || !isJsonObject(entry) ? null : previewField(entry, sample.scope)));
  }, [value, sample]);
  const counts = useCounts(value);
  const { item } = field;
  if (item === null) return null;
  const set = (next: JsonValue[]) => form.set(path, next.length === 0 && !field.required ? undefined : next);
  const move = (index: number, by: number) => {
    const moved = items[index];
    if (moved === undefined || index + by < 0 || index + by >= items.length) return;
    set(items.toSpliced(index, 1).toSpliced(index + by, 0, moved));
    setOpen(index + by);
    focusSoon(root.current, [`[data-field="${CSS.escape(fieldId([...path, String(index + by)]))}"] [data-move="${by}"]`, "[data-add]"]);
  };
  const add = () => {
    set([...items, initialValue(item)]);
    setOpen(items.length);
    focusSoon(root.current, entryControls(fieldId([...path, String(items.length)])));
  };
  const taken = items.length > 0 || sample === null ? [] : fieldsOfSample(own(sample.scope.trigger, "body") ?? null, "trigger.body");
  return (
    <fieldset ref={root} data-field={fieldId(path)} className="min-w-0">
      <legend className="mb-1 font-medium text-sm">{field.label}</legend>
      {items.length === 0 ? (
        <NoFields />
      ) : (
        <div className="mb-1.5 overflow-hidden rounded-md border">
          <TableHead of={counts === null ? null : (many?.of ?? "runs")} />
          <ol>
            {items.map((entry, index) => (
              <Row
                // biome-ignore lint/suspicious/noArrayIndexKey: fields have no identity but their place
                key={index}
                item={item}
                entry={isJsonObject(entry) ? entry : {}}
                preview={previews[index] ?? null}
                counts={counts?.[index] ?? null}
                path={[...path, String(index)]}
                index={index}
                last={items.length - 1}
                open={open === index}
                onToggle={() => setOpen(open === index ? null : index)}
                onMove={(by) => move(index, by)}
                onRemove={() => {
                  set(items.toSpliced(index, 1));
                  setOpen(null);
                  focusSoon(root.current, ["[data-add]"]);
                }}
              />
            ))}
          </ol>
          {counts === null || many === null ? <OneVerdict previews={previews} many={many} /> : <ManyVerdict counts={counts} many={many} />}
        </div>
      )}
      {form.readOnly ? null : (
        <AddFields
          taken={taken}
          onAdd={add}
          onTake={() => {
            set(taken);
            focusSoon(root.current, ["[data-add]"]);
          }}
        />
      )}
      <FieldError message={form.errorAt(path)} />
    </fieldset>
  );
}

/** `of`: what several samples are; null while one is looked at. */
function TableHead({ of }: { of: "runs" | "items" | null }) {
  return (
    <div aria-hidden className={cn(gridClass, "border-b bg-subtle py-1 font-medium text-fg-muted text-xs")}>
      <span />
      <span>Field</span>
      {of === null ? (
        <>
          <span>Before</span>
          <span />
          <span>After</span>
        </>
      ) : (
        <span className="col-span-3">{of === "items" ? "Items" : "Runs"} it lets pass, and refuses</span>
      )}
    </div>
  );
}

function NoFields() {
  return (
    <p className="mb-1.5 rounded-md border border-dashed px-3 py-4 text-center text-fg-muted">
      No field is checked yet. Each field gets a name, a source and the steps that bring it into shape.
    </p>
  );
}

function AddFields({ taken, onAdd, onTake }: { taken: JsonValue[]; onAdd: () => void; onTake: () => void }) {
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button size="sm" data-add="" icon={<Plus aria-hidden />} onClick={onAdd}>
        Add field
      </Button>
      {taken.length > 0 ? (
        <Button size="sm" icon={<WandSparkles aria-hidden />} onClick={onTake}>
          Take the {plural(taken.length, "field")} of the sample
        </Button>
      ) : null}
    </div>
  );
}

/** What each field makes of several samples; null while one is looked at. Typing may not wait for all of them. */
function useCounts(value: JsonValue | undefined): FieldCounts[] | null {
  const many = useSamples();
  const later = useDeferredValue(value);
  const samples = many?.on ? many.samples : null;
  return useMemo(() => {
    if (samples === null) return null;
    return (Array.isArray(later) ? later : []).map((entry) => countField(isJsonObject(entry) ? entry : {}, samples));
  }, [later, samples]);
}

const gridClass = "grid grid-cols-[16px_minmax(0,4fr)_minmax(0,5fr)_14px_minmax(0,5fr)] items-center gap-x-1.5 px-2";

interface RowProps {
  item: FormField;
  entry: JsonObject;
  preview: FieldPreview | null;
  /** Of several samples; null while one is looked at. */
  counts: FieldCounts | null;
  path: string[];
  index: number;
  last: number;
  open: boolean;
  onToggle: () => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function Row({ item, entry, preview, counts, path, index, last, open, onToggle, onMove, onRemove }: RowProps) {
  const form = useForm();
  const { Fields } = form;
  const target = typeof entry.target === "string" && entry.target !== "" ? entry.target : "";
  const steps = stepWords(entry.steps);
  return (
    <li data-field={fieldId(path)} className="not-last:border-b">
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className={cn(gridClass, "focus-inset relative min-h-11 w-full py-1 text-left hover:bg-hover")}
      >
        <span className="sr-only">{`${target || `Field ${index + 1}`}: ${counts === null ? previewWords(preview) : countWords(counts)}`}</span>
        <span aria-hidden className="contents">
          <ChevronRight className={cn("size-3.5 text-fg-subtle transition-transform", open && "rotate-90")} />
          <span className="min-w-0">
            <span className="block truncate font-medium">
              {target || <span className="font-normal text-fg-subtle">no name yet</span>}
              {entry.required === true ? <span className="ml-0.5 text-danger">*</span> : null}
            </span>
            <span className="block truncate text-fg-muted text-xs" title={steps}>
              {steps || "as it is"}
            </span>
          </span>
          {counts === null ? <Cells preview={preview} /> : <CountCells counts={counts} />}
        </span>
      </button>
      {open ? (
        <div className="flex flex-col gap-3 border-t bg-subtle px-3 py-3">
          {counts === null ? null : <FieldTries counts={counts} />}
          <Fields fields={item.fields} path={path} value={entry} />
          {form.readOnly ? null : (
            <div className="flex flex-wrap gap-1.5">
              <Button
                size="sm"
                data-move="-1"
                icon={<ArrowUp aria-hidden />}
                disabledReason={index === 0 ? "It is the first" : null}
                onClick={() => onMove(-1)}
              >
                Up
              </Button>
              <Button
                size="sm"
                data-move="1"
                icon={<ArrowDown aria-hidden />}
                disabledReason={index === last ? "It is the last" : null}
                onClick={() => onMove(1)}
              >
                Down
              </Button>
              <Button size="sm" variant="danger" icon={<Trash2 aria-hidden />} className="ml-auto" onClick={onRemove}>
                Remove {target || "field"}
              </Button>
            </div>
          )}
        </div>
      ) : null}
    </li>
  );
}

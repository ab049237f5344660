"use client";

import { useId } from "react";
import { cn } from "#components/ui/cn.ts";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { formatCount } from "#components/ui/format.ts";
import { nodeOf } from "../document-index.ts";
import type { SampleScope } from "../expression/sample-scope.ts";
import { oneLine } from "../one-line.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

const maxShown = 200;

/** Inside a loop: the one item that previews look at, and that tests around the step go through. */
export function TestedItem({ sample: { loop }, className }: { sample: SampleScope; className?: string }) {
  const store = useEditorStore();
  const id = useId();
  const chosen = useEditor((state) => (loop === null ? undefined : state.testedItems[loop.id]));
  const name = useEditor((state) => (loop === null ? undefined : nodeOf(state.document, loop.id)?.name));
  if (loop === null) return null;
  const choose = (value: string | null) => {
    const { [loop.id]: _before, ...others } = store.getState().testedItems;
    store.getState().set({ testedItems: value === null ? others : { ...others, [loop.id]: Number(value) } });
  };
  const left = loop.list.length - maxShown;
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="shrink-0 text-fg-muted text-sm">
          Test with
        </label>
        <Combobox
          id={id}
          size="sm"
          clearable
          className="min-w-0 flex-1"
          options={optionsOf(loop, chosen)}
          value={chosen === undefined ? null : String(chosen)}
          onValueChange={choose}
          placeholder={`All items of ${name ?? loop.id}`}
          emptyText="The sample holds no such item."
        />
      </div>
      {left > 0 ? <p className="text-fg-subtle text-xs">{formatCount(left)} more items are not listed.</p> : null}
    </div>
  );
}

function optionsOf({ list, batchSize }: NonNullable<SampleScope["loop"]>, chosen: number | undefined): ComboboxOption[] {
  const known = list.slice(0, maxShown).flatMap((_, index): ComboboxOption[] => {
    if (index % batchSize !== 0) return [];
    const value = batchSize === 1 ? list[index] : list.slice(index, index + batchSize);
    const last = Math.min(index + batchSize, list.length) - 1;
    const place = last === index ? `item ${index}` : `items ${index}–${last}`;
    return [{ value: String(index), label: `${place} · ${oneLine(value ?? null, 80)}` }];
  });
  const missing = chosen !== undefined && !known.some(({ value }) => value === String(chosen));
  return missing ? [...known, { value: String(chosen), label: `item ${chosen} · not in this sample` }] : known;
}

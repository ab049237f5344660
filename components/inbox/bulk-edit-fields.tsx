"use client";

import { ArrowRight, TriangleAlert } from "lucide-react";
import { Field } from "#components/ui/field.tsx";
import { sentence, shortId } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import type { RedrivePlan } from "#lib/shared/inbox-types.ts";
import { type BulkEdit, textAt } from "./bulk-edit.ts";

interface BulkEditFieldsProps {
  path: string;
  value: string;
  onChange: (change: { path?: string; value?: string }) => void;
  /** What is wrong with either field. */
  errors: { path?: string; value?: string };
  /** What is typed, once it can be read. */
  edit: BulkEdit | null;
  samples: RedrivePlan["samples"];
}

/** One field of every frozen input is set anew; what that makes of the first three is shown. */
export function BulkEditFields({ path, value, onChange, errors, edit, samples }: BulkEditFieldsProps) {
  return (
    <fieldset className="mt-4 border-t pt-3">
      <legend className="sr-only">Change each input first</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Change this field of each input" optional error={errors.path} help="body.order, say. The originals are kept.">
          <Input value={path} onChange={(event) => onChange({ path: event.target.value })} spellCheck={false} className="font-mono" />
        </Field>
        <Field label="To" error={errors.value} help="A value, or a template: item is the input as it failed.">
          <Input
            value={value}
            onChange={(event) => onChange({ value: event.target.value })}
            spellCheck={false}
            placeholder="{{ item.body.order + 1000 }}"
            className="font-mono"
          />
        </Field>
      </div>
      {edit === null ? null : (
        <ul aria-label="Preview" className="mt-2 flex flex-col gap-1 rounded-md border px-3 py-2 text-sm">
          {samples.map((sample) => (
            <li key={sample.deadLetterId} className="flex flex-wrap items-center gap-x-2">
              <span className="font-mono text-fg-subtle">{shortId(sample.deadLetterId)}</span>
              <span className="max-w-48 truncate font-mono text-fg-muted">{textAt(sample.before, edit.path)}</span>
              <ArrowRight aria-hidden className="size-3 text-fg-subtle" />
              <span className="sr-only">becomes</span>
              {sample.after === null ? null : <span className="max-w-48 truncate font-mono">{textAt(sample.after, edit.path)}</span>}
              {sample.problem === null ? null : (
                <span className="flex items-center gap-1.5 text-failed">
                  <TriangleAlert aria-hidden className="size-3.5 shrink-0" /> {sentence(sample.problem)}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

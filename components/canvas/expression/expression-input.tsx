"use client";

import { Suspense, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { cn } from "#components/ui/cn.ts";
import { lazyPart } from "#components/ui/lazy.tsx";
import type { JsonObject } from "#lib/shared/json.ts";
import { oneLine } from "../one-line.ts";
import type { CodeFieldHandle, CodeFieldProps } from "./code-field.tsx";
import { DataPicker } from "./data-picker.tsx";
import type { Fault } from "./faults.ts";
import { type FieldTarget, useFieldTarget } from "./field-target.ts";
import { PlugButton } from "./plug-button.tsx";
import { misfit, type Preview, previewOf, type Wanted } from "./preview.ts";
import { useSample } from "./sample-context.ts";

// CodeMirror is large and only needed once a panel is open.
const CodeField = lazyPart(async () => (await import("./code-field.tsx")).CodeField);

export interface ExpressionInputProps extends Omit<CodeFieldProps, "completion" | "faults" | "ref"> {
  names?: readonly string[];
  /** Values of those names, for the preview; without them an expression that uses them has none. */
  extra?: JsonObject | undefined;
  /** What the result must be. */
  wanted?: Wanted | null;
}

const noFaults: readonly Fault[] = [];

/** A code field with completion from sample data, a data picker, and the result below. */
export function ExpressionInput({ names = [], extra, wanted = null, ...field }: ExpressionInputProps) {
  const sample = useSample();
  const handle = useRef<CodeFieldHandle>(null);
  const stepNames = useMemo(() => new Map(sample?.steps.map(({ node }) => [node.id, node.name])), [sample]);
  const completion = sample === null ? null : { scope: sample.scope, names, stepNames };
  const text = useDeferredValue(field.value);
  const hidden = sample === null || field.mode === "json" || (names.length > 0 && extra === undefined);
  const { mode } = field;
  const preview = useMemo(() => {
    return hidden || mode === "json" ? null : previewOf(text, mode, sample.scope, extra);
  }, [hidden, mode, text, sample, extra]);
  const faults = useMemo(() => {
    return preview?.ok === false && preview.position !== null ? [{ message: preview.message, position: preview.position }] : noFaults;
  }, [preview]);
  const onFocus = useAsTarget(handle, field.label, field.readOnly === true);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: watches which field has the keyboard
    <div className="min-w-0" onFocus={onFocus}>
      <div className="group relative">
        <Suspense fallback={<div className={cn("rounded-md border border-control", field.multiline ? "h-20" : "h-8", field.className)} />}>
          <CodeField {...field} ref={handle} completion={completion} faults={faults} className={cn("pr-13 max-md:pr-7", field.className)} />
        </Suspense>
        {sample === null || field.readOnly ? null : (
          <div className="absolute top-0.75 right-0.75 flex">
            <PlugButton sample={sample} label={field.label} handle={handle} />
            <DataPicker sample={sample} onPick={(path) => handle.current?.insertPath(path)} />
          </div>
        )}
      </div>
      {/* What the check of the document says of the field already stands below it. */}
      {preview?.ok === false && field["aria-invalid"] ? null : <PreviewLine preview={preview} wanted={wanted} />}
    </div>
  );
}

/** Makes the field the one that a click on a value writes to, once it has the keyboard and until it is gone. */
function useAsTarget(handle: React.RefObject<CodeFieldHandle | null>, label: string, readOnly: boolean): () => void {
  const targets = useFieldTarget();
  const setTarget = targets?.setTarget;
  const own = useRef<FieldTarget | null>(null);
  useEffect(() => () => setTarget?.((current) => (current === own.current ? null : current)), [setTarget]);
  return () => {
    if (readOnly || setTarget === undefined) return;
    own.current ??= { label, insertPath: (path) => handle.current?.insertPath(path) };
    setTarget(own.current);
  };
}

/** The result of an expression for the sample at hand: value and type, or what is wrong and where. */
export function PreviewLine({ preview, wanted = null }: { preview: Preview | null; wanted?: Wanted | null }) {
  if (preview === null) return null;
  if (!preview.ok) {
    return (
      <p className="wrap-anywhere mt-1 text-danger text-sm">
        {preview.message.charAt(0).toUpperCase() + preview.message.slice(1)}
        {preview.position === null ? "" : ` (character ${preview.position + 1})`}
      </p>
    );
  }
  const wrong = misfit(preview.value, wanted);
  return (
    <>
      <p className="mt-1 flex min-w-0 items-baseline gap-1.5 text-sm">
        <span className="sr-only">Result:</span>
        <span aria-hidden className="text-fg-subtle">
          →
        </span>
        <span className={cn("truncate font-mono", wrong === null ? "text-succeeded" : "text-fg")} title={oneLine(preview.value, 2_000)}>
          {oneLine(preview.value)}
        </span>
        <span className="shrink-0 text-fg-subtle text-xs">{preview.type}</span>
      </p>
      {wrong === null ? null : <p className="text-danger text-sm">{wrong}.</p>}
    </>
  );
}

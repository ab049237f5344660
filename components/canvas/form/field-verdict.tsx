"use client";

import { Rows3, Square } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import type { ManySamples } from "../expression/sample-context.ts";
import { type FieldCounts, passingSamples } from "./field-counts.ts";
import type { FieldPreview } from "./field-preview.ts";

/** What the fields together make of one sample. */
export function OneVerdict({ previews, many }: { previews: readonly (FieldPreview | null)[]; many: ManySamples | null }) {
  const refused = previews.filter((preview) => preview?.state === "refused").length;
  const passing = previews.filter((preview) => preview?.state === "passes").length;
  const words =
    refused > 0
      ? `${plural(refused, "field")} of ${previews.length} refused: this sample leaves by “rejected”.`
      : `This sample passes: ${plural(passing, "field")} of ${previews.length}.`;
  if (refused + passing === 0) return null;
  return (
    <Foot bad={refused > 0} many={many}>
      {words}
    </Foot>
  );
}

/** What the fields together make of several. */
export function ManyVerdict({ counts, many }: { counts: readonly FieldCounts[]; many: ManySamples }) {
  const passing = passingSamples(counts, many.samples);
  const words = manyWords(many, passing);
  return (
    <Foot bad={passing < many.samples.length} many={many}>
      {words}
    </Foot>
  );
}

function manyWords({ of, samples, left, loading, error }: ManySamples, passing: number): string {
  const what = of === "runs" ? "run" : "item";
  if (error !== null) return "The last runs could not be read.";
  if (loading && samples.length === 0) return "Reading the last runs…";
  const missing = left === 0 ? "" : ` ${plural(left, "more run")} did not get this far.`;
  if (samples.length === 0) return `There is nothing to try it with yet.${missing}`;
  const refused = samples.length - passing;
  const told = refused === 0 ? `${plural(passing, what)} of ${samples.length} pass.` : refusal(refused, plural(samples.length, what));
  return `${told}${missing}`;
}

function refusal(refused: number, all: string): string {
  return `${refused} of ${all} refused: ${refused === 1 ? "it leaves" : "they leave"} by “rejected”.`;
}

function Foot({ bad, many, children }: { bad: boolean; many: ManySamples | null; children: ReactNode }) {
  return (
    <div className="flex items-center gap-2 border-t bg-subtle py-1 pr-1 pl-3 text-sm">
      <p role="status" className={cn("min-w-0 flex-1", bad ? "text-danger" : "text-succeeded")}>
        {children}
      </p>
      {many === null ? null : <SamplesButton many={many} />}
    </div>
  );
}

function SamplesButton({ many: { on, setOn, of, available } }: { many: ManySamples }) {
  const all = of === "runs" ? `Try ${plural(available, "last run")}` : `Try ${plural(available, "item")}`;
  const none = of === "runs" ? "There is no run yet" : "The sample holds no items";
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={on ? <Square aria-hidden /> : <Rows3 aria-hidden />}
      disabledReason={available === 0 && !on ? none : null}
      onClick={() => setOn(!on)}
    >
      {on ? "One sample" : all}
    </Button>
  );
}

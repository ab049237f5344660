import type { JsonObject } from "#lib/shared/json.ts";
import type { NamedSample } from "../expression/many-samples.ts";
import { type FieldPreview, previewField } from "./field-preview.ts";

/** What a field makes of one of several samples. */
export interface FieldTry {
  sample: NamedSample;
  preview: FieldPreview;
}

/** What a field makes of several samples: how many it lets pass, and those it does not. */
export interface FieldCounts {
  tries: FieldTry[];
  passes: number;
  refused: { sample: NamedSample; preview: Extract<FieldPreview, { state: "refused" }> }[];
}

export function countField(field: JsonObject, samples: readonly NamedSample[]): FieldCounts {
  const tries = samples.map((sample) => ({ sample, preview: previewField(field, sample.scope) }));
  const refused = tries.flatMap(({ sample, preview }) => (preview.state === "refused" ? [{ sample, preview }] : []));
  return { tries, refused, passes: tries.filter(({ preview }) => preview.state === "passes").length };
}

/** How many samples every field lets pass. Fields that are not filled in yet judge nothing. */
export function passingSamples(counts: readonly FieldCounts[], samples: readonly NamedSample[]): number {
  const refused = new Set(counts.flatMap((count) => count.refused.map(({ sample }) => sample.id)));
  return samples.filter(({ id }) => !refused.has(id)).length;
}

/** Those that are refused first, else in their order: what has to be looked at is on top. */
export function refusedFirst(tries: readonly FieldTry[]): FieldTry[] {
  return tries.toSorted((a, b) => Number(b.preview.state === "refused") - Number(a.preview.state === "refused"));
}

import { expect, it } from "vitest";
import type { NamedSample } from "../expression/many-samples.ts";
import { countField, passingSamples, refusedFirst } from "./field-counts.ts";

const sampleOf = (total: unknown, index: number): NamedSample => {
  const scope = { steps: {}, run: {}, vars: {}, connection: {}, now: "2026-11-26T08:00:00.000Z" };
  return { id: `r${index}`, at: null, index, scope: { ...scope, trigger: { body: { total, name: " Ada " } } } } as NamedSample;
};
const samples = ["12", "abc", "7", "many"].map(sampleOf);
const total = { target: "total", source: "{{ trigger.body.total }}", steps: [{ type: "to-number" }, { type: "range", max: 10 }] };
const name = { target: "name", source: "{{ trigger.body.name }}", steps: [{ type: "trim" }] };

it("counts what a field lets pass and refuses, and keeps which value and why", () => {
  const counts = countField(total, samples);
  expect(counts.passes).toBe(1);
  expect(counts.refused.map(({ sample, preview }) => [sample.id, preview.before, preview.step])).toEqual([
    ["r0", "12", "range"],
    ["r1", "abc", "to-number"],
    ["r3", "many", "to-number"],
  ]);
  expect(countField(name, samples)).toMatchObject({ passes: 4, refused: [] });
});

it("calls a sample passing only when no field refuses it; what is not filled in judges nothing", () => {
  const counts = [countField(total, samples), countField(name, samples), countField({ source: "" }, samples)];
  expect(passingSamples(counts, samples)).toBe(1);
  expect(passingSamples([], samples)).toBe(4);
});

it("puts what is refused on top, each part in the order of the samples", () => {
  expect(refusedFirst(countField(total, samples).tries).map(({ sample }) => sample.id)).toEqual(["r0", "r1", "r3", "r2"]);
});

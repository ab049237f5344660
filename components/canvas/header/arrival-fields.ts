import type { JsonObject } from "#lib/shared/json.ts";
import type { FormField } from "../form/form-model.ts";
import { policyField } from "../panel/policy-fields.ts";
import type { ArrivalWay } from "./arrival-words.ts";

const dayMs = 86_400_000;

const key = policyField({
  key: "key",
  label: "Per",
  widget: "text",
  expression: "template",
  placeholder: "{{ trigger.body.customerId }}",
  help: "Events with the same key count together. Left out, all of the workflow do.",
});

/** The fields of each way, and what it begins with when it is chosen. */
export const wayFields: Record<Exclude<ArrivalWay, "each">, { fields: FormField[]; initial: JsonObject }> = {
  debounce: {
    initial: { periodMs: 10_000, timeoutMs: 60_000 },
    fields: [
      policyField({
        key: "periodMs",
        label: "A quiet moment is",
        widget: "duration",
        min: 100,
        max: dayMs,
        required: true,
        help: "Without a new event for so long.",
      }),
      policyField({
        key: "timeoutMs",
        label: "Wait at most",
        widget: "duration",
        min: 100,
        max: dayMs,
        required: true,
        help: "From the first event on, however many follow.",
      }),
      key,
    ],
  },
  batch: {
    initial: { maxSize: 100, timeoutMs: 60_000 },
    fields: [
      policyField({
        key: "maxSize",
        label: "Events in a run at most",
        widget: "number",
        min: 2,
        max: 1_000,
        required: true,
        help: "The run sees them as trigger.items, each as it would have been trigger; a loop over it takes them one by one.",
      }),
      policyField({
        key: "timeoutMs",
        label: "Wait at most",
        widget: "duration",
        min: 100,
        max: dayMs,
        required: true,
        help: "From the first event on.",
      }),
      key,
    ],
  },
  singleton: {
    initial: { mode: "skip-new" },
    fields: [
      policyField({
        key: "mode",
        label: "While a run goes, a new event",
        widget: "select",
        options: ["skip-new", "cancel-running"],
        required: true,
        help: "Skip new: is dropped. Cancel running: takes its place. To have it wait instead, set how many go at once, or their order, below.",
      }),
      key,
    ],
  },
};

export const limitFields = [
  policyField({ key: "limit", label: "Events at most", widget: "number", min: 1, max: 1_000_000, required: true }),
  policyField({
    key: "perMs",
    label: "In",
    widget: "duration",
    min: 1_000,
    max: 2_678_400_000,
    required: true,
    help: "In no stretch of this length do more go on. What is above is dropped, not queued; the sender is told, and does not send it again.",
  }),
  { ...key, label: "A limit per" },
];

export const initialLimit: JsonObject = { limit: 10, perMs: 60_000 };

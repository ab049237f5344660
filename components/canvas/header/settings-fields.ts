import { settingsSchema } from "#lib/graph/document.ts";
import { policyField } from "../panel/policy-fields.ts";

const defaults = settingsSchema.parse({});

/** How the runs of a workflow stand to each other. */
export const amongRuns = [
  policyField({
    key: "concurrency",
    label: "Runs at once at most",
    widget: "number",
    min: 1,
    placeholder: "no limit",
    help: "Begun and not ended, those that wait included. The others are held in order of receipt.",
  }),
  policyField({
    key: "orderBy",
    label: "In order per",
    widget: "text",
    expression: "template",
    placeholder: "{{ trigger.body.orderId }}",
    help: "Runs with the same key go one after another, in order of receipt.",
  }),
  policyField({
    key: "onDeadLetter",
    label: "A failed run of a key",
    widget: "select",
    options: ["block", "skip"],
    defaultValue: defaults.onDeadLetter,
    help: "Block: those behind it wait until it is settled in the inbox. Skip: they go on.",
  }),
  policyField({
    key: "priority",
    label: "Priority under limits",
    widget: "select",
    options: ["high", "normal", "low"],
    defaultValue: "normal",
    help: "Whose calls go first where they wait for a limit.",
  }),
];

/** What becomes of a run as a whole. */
export const ofEachRun = [
  policyField({
    key: "runDeadlineMs",
    label: "A run may take",
    widget: "duration",
    min: 1_000,
    max: 34_560_000_000,
    defaultValue: defaults.runDeadlineMs,
    help: "With all its waits.",
  }),
  policyField({
    key: "onFailure",
    label: "When a step fails for good",
    widget: "select",
    options: ["stop", "continue"],
    defaultValue: defaults.onFailure,
    help: "Stop: nothing new is begun. Continue: branches that do not depend on it go on.",
  }),
  policyField({
    key: "history",
    label: "Keep of ended runs",
    widget: "select",
    options: ["full", "failures", "none"],
    defaultValue: defaults.history,
    help: "Full: inputs, outputs and attempts. Failures: only of runs that failed. None: what happened, without data.",
  }),
];

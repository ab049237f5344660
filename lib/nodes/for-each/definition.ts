import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

/** More than this many items are refused: a run carries all its steps, and a person must be able to look at them. */
export const maxItems = 10_000;

/** How many items may fail. */
export const toleranceSchema = z.strictObject({
  count: z
    .int()
    .min(0)
    .max(maxItems)
    .optional()
    .meta({ label: "Items", help: "This many may fail; one more ends the loop.", widget: "number" }),
  percent: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ label: "Percent", help: "This share of all items may fail; more ends the loop.", widget: "number" }),
});

/** How many items may be under way at the same time. */
export const concurrencySchema = z.int().min(1).max(100);

const tolerate = toleranceSchema.default({}).meta({
  label: "Tolerate failures",
  help: "Left empty, the first item that fails ends the loop. With both, the first limit that is passed.",
});

const config = z
  .strictObject({
    items: z.union([z.string().min(1, "the list to go through is needed").max(20_000), z.array(z.json()).max(maxItems)]).meta({
      label: "Items",
      help: `A list, of at most ${maxItems.toLocaleString("en")} items. It is read once, when the loop starts.`,
      placeholder: "{{ trigger.body.orders }}",
      widget: "text",
      expression: "template",
      gives: "list",
    }),
    concurrency: concurrencySchema.default(1).meta({
      label: "At the same time",
      help: "Items that are under way at the same time. They are started in order.",
      widget: "number",
    }),
    batchSize: z.int().min(1).max(1_000).default(1).meta({
      label: "Batch size",
      help: "With more than 1, `item` is a list of that many items, and `index` is the place of its first.",
      widget: "number",
    }),
    tolerate,
    results: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .meta({
        label: "Result of each item",
        help: "For calls that take a whole batch: a list as long as the batch, with {ok, value, error} for each item, from `output`, the batch's result. What is not ok is run again by itself.",
        placeholder: 'output.results.map(r, {"ok": r.status == "created", "value": r.?id, "error": r.?message})',
        widget: "code",
        expression: "cel",
        names: ["output", "item"],
      }),
  })
  .superRefine(({ batchSize, results }, context) => {
    if (results !== undefined && batchSize === 1)
      context.addIssue({ code: "custom", message: "results of each item come from batches: give a batch size above 1", path: ["results"] });
  });

/** Runs what hangs on its `item` output once for each item of a list. */
export const forEach = defineNode({
  type: "for-each",
  version: 1,
  title: "For each",
  description: "Runs what hangs on its item output once for each item of a list, or for each batch.",
  category: "logic",
  icon: "repeat",
  synonyms: ["loop", "iterate", "items", "list", "batch", "map", "repeat", "fan out", "split"],
  config,
  deferred: ["concurrency", "batchSize", "tolerate", "results"],
  initialConfig: { items: "" },
  ports: () => [
    { name: "item", label: "item" },
    { name: "done", label: "done" },
  ],
  bodyPort: "item",
  summary: ({ items, batchSize }) => {
    const what = typeof items === "string" ? items || "No list yet" : `${items.length} items`;
    return batchSize > 1 ? `${what}, ${batchSize} at once` : what;
  },
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: {
    results: [{ id: "1" }, null],
    items: [
      { index: 0, status: "succeeded" },
      { index: 1, status: "failed", error: { class: "permanent", code: "http_422", message: "…" } },
    ],
    succeeded: 1,
    failed: 1,
  },
});

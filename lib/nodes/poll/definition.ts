import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { inWords } from "#lib/nodes/durations.ts";
import { askedRequest } from "#lib/nodes/request-fields.ts";
import { polledPagesSchema } from "#lib/nodes/shared/pagination.ts";

const defaultEveryMs = 60_000;

const expression = (label: string, help: string, placeholder: string, name: string) =>
  z
    .string()
    .min(1, "an expression is needed")
    .max(20_000)
    .meta({ label, help, placeholder, widget: "code", expression: "cel", names: [name] });

const cursor = z
  .discriminatedUnion("from", [
    z.strictObject({ from: z.literal("none") }).meta({ label: "None: everything is read each time" }),
    z
      .strictObject({
        from: z.literal("item"),
        value: expression("Value", "The highest of all items is kept: a time, a number or a text.", "item.updatedAt", "item"),
      })
      .meta({ label: "The highest value of an item" }),
    z
      .strictObject({
        from: z.literal("response"),
        value: expression("Value", "Taken from the last answer. Empty: the cursor stays.", "response.body.syncToken", "response"),
      })
      .meta({ label: "A value of the answer" }),
    z.strictObject({ from: z.literal("time") }).meta({ label: "The time of the last poll" }),
  ])
  .default({ from: "none" })
  .meta({
    label: "Cursor",
    help: "How far the list has been read. The request knows it as `cursor`; the first time it is null, and a query parameter that is null is left out.",
  });

const config = z.strictObject({
  request: askedRequest({ placeholder: "https://api.example.com/orders", names: ["cursor"] }).meta({
    label: "Request",
    help: "Asked again and again, so it must change nothing.",
  }),
  items: expression(
    "Items",
    "The list in the answer. Left out: the body, which must be a list.",
    "response.body.items",
    "response",
  ).optional(),
  itemKey: z
    .string()
    .max(2_000)
    .refine((key) => key.includes("{{"), "the key must hold an expression of the item, such as {{ item.id }}")
    .meta({
      label: "Key of an item",
      help: "An item whose key was seen before starts no run. To hear of changes too, add what changes: {{ item.id }} {{ item.updatedAt }}.",
      placeholder: "{{ item.id }}",
      widget: "text",
      expression: "template",
      names: ["item"],
    }),
  cursor,
  overlapMs: z.int().min(0).max(2_592_000_000).default(0).meta({
    label: "Read again",
    help: "How far before the cursor the request begins, for items that show up late. Those seen before start nothing. Needs a cursor that is a time.",
    widget: "duration",
  }),
  pagination: polledPagesSchema,
  everyMs: z
    .int()
    .min(5_000)
    .max(86_400_000)
    .default(defaultEveryMs)
    .meta({ label: "Ask every", help: "Give or take a tenth. Failures make it less often.", widget: "duration" }),
  backfill: z.boolean().default(false).meta({
    label: "Start runs for what is there already",
    help: "Off: the first poll only takes note of it, and runs start with what is new after that.",
    widget: "switch",
  }),
});

/** Starts a run for each new item of a list that a remote has. */
export const poll = defineNode({
  type: "poll",
  version: 1,
  title: "Poll",
  description: "Asks a remote again and again, and starts a run for each new item.",
  category: "trigger",
  icon: "radar",
  synonyms: ["interval", "new items", "list", "changes", "sync", "watch", "feed", "trigger"],
  config,
  deferred: ["request", "items", "itemKey", "cursor", "overlapMs", "pagination", "everyMs", "backfill"],
  initialConfig: { request: { url: "" }, itemKey: "{{ item.id }}" },
  ports: () => [{ name: "out", label: "out" }],
  // A fresh config has not been given its defaults yet.
  summary: ({ request, everyMs = defaultEveryMs }) => `Every ${inWords(everyMs)} · ${request.method ?? "GET"} ${request.url || "…"}`,
  effect: () => "none",
  usesConnection: true,
  policySections: [],
  policyDefaults: {},
  sampleOutput: { item: { id: "1", updatedAt: "2026-01-31T09:30:00Z" } },
});

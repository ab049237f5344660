import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  key: z
    .string()
    .min(1, { error: "a key is needed", abort: true })
    .max(20_000)
    .refine((key) => key.includes("{{"), "the key must hold an expression, or every run would be taken for a repeat of the first")
    .meta({
      label: "Key",
      help: "What makes two items the same.",
      placeholder: "{{ trigger.body.id }}",
      widget: "text",
      expression: "template",
    }),
  ttlMs: z
    .int()
    .min(1_000)
    .max(34_560_000_000)
    .default(604_800_000)
    .meta({ label: "Remember for", help: "Counted from the first item with the key.", widget: "duration" }),
});

/** Sends a run one way when its key is new, and another when it has been seen. */
export const dedupe = defineNode({
  type: "dedupe",
  version: 1,
  title: "Deduplicate",
  description: "Tells the first item with a key from those that repeat it.",
  category: "logic",
  icon: "fingerprint",
  synonyms: ["duplicate", "unique", "once", "seen", "idempotency", "repeat"],
  config,
  deferred: ["ttlMs"],
  initialConfig: { key: "" },
  ports: () => [
    { name: "first", label: "first" },
    { name: "duplicate", label: "duplicate" },
  ],
  summary: (parsed) => parsed.key || "No key yet",
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { key: "1042", duplicate: false },
});

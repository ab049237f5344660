import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { inWords, maxWaitMs } from "#lib/nodes/durations.ts";
import { parseTime } from "./parse-time.ts";

const config = z
  .strictObject({
    forMs: z.int().min(0).max(maxWaitMs).optional().meta({ label: "Wait for", help: "From when the step is reached.", widget: "duration" }),
    until: z
      .string()
      .min(1)
      .max(20_000)
      .refine((until) => until.includes("{{") || parseTime(until) !== null, "not an ISO 8601 time; try 2026-01-31T09:00:00Z")
      .optional()
      .meta({
        label: "Wait until",
        help: "An ISO 8601 time, taken as UTC if it names no zone. One that has passed is not waited for.",
        placeholder: "{{ trigger.body.sendAt }}",
        widget: "text",
        expression: "template",
      }),
  })
  .superRefine(({ forMs, until }, context) => {
    if (forMs === undefined && until === undefined)
      context.addIssue({ code: "custom", message: "how long to wait, or until when, is needed", path: ["forMs"] });
    if (forMs !== undefined && until !== undefined)
      context.addIssue({ code: "custom", message: "give a length or a time, not both", path: ["until"] });
  });

/** Parks a run for a length of time or until a time. */
export const delay = defineNode({
  type: "delay",
  version: 1,
  title: "Delay",
  description: "Waits for a while or until a time, holding nothing meanwhile.",
  category: "logic",
  icon: "hourglass",
  synonyms: ["wait", "sleep", "pause", "later", "timer", "until", "time"],
  config,
  deferred: [],
  initialConfig: { forMs: 60_000 },
  ports: () => [{ name: "out", label: "out" }],
  summary: ({ forMs, until }) => (forMs !== undefined ? `Wait ${inWords(forMs)}` : until ? `Wait until ${until}` : "No time yet"),
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { until: "2026-01-31T09:00:00.000Z" },
});

import { Cron } from "croner";
import cronstrue from "cronstrue";
import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { isTimeZone } from "#lib/shared/time-zone.ts";

/** Null for a cron line that can fire, else what is wrong with it. */
function cronProblem(cron: string): string | null {
  if (cron.length > 200) return "the cron line is too long";
  if (![5, 6].includes(cron.trim().split(/\s+/).length))
    return "a cron line has 5 fields (minute hour day month weekday), or 6 with seconds first";
  try {
    return new Cron(cron, { paused: true }).nextRun() === null ? "this cron line never fires" : null;
  } catch (error) {
    return `not a cron line: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const config = z.strictObject({
  cron: z
    .string()
    .superRefine((cron, context) => {
      const message = cronProblem(cron);
      if (message) context.addIssue({ code: "custom", message });
    })
    .meta({
      label: "Cron",
      help: "minute hour day month weekday; six fields start with seconds.",
      placeholder: "0 9 * * 1-5",
      widget: "cron",
    }),
  timezone: z
    .string()
    .refine(isTimeZone, "not a time zone; try Europe/Paris")
    .default("UTC")
    .meta({ label: "Time zone", widget: "timezone" }),
  misfire: z
    .enum(["skip", "latest", "all"])
    .default("latest")
    .meta({ label: "Missed times", help: "After a standstill: skip them, run the latest one, or run all.", widget: "select" }),
  catchUpMs: z
    .int()
    .min(0)
    .max(2_678_400_000)
    .optional()
    .meta({ label: "Look back at most", help: "How old a missed time may be.", widget: "duration" }),
  overlap: z
    .enum(["allow", "skip", "queue-one"])
    .default("allow")
    .meta({ label: "If the last run is still going", help: "Start beside it, skip this time, or queue one.", widget: "select" }),
});

function inWords(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: false });
  } catch {
    return cron;
  }
}

/** Starts a run at times given by a cron line in a time zone. */
export const schedule = defineNode({
  type: "schedule",
  version: 1,
  title: "Schedule",
  description: "Starts a run at set times.",
  category: "trigger",
  icon: "calendar-clock",
  synonyms: ["cron", "timer", "interval", "every", "daily", "nightly", "time"],
  config,
  deferred: ["cron", "timezone", "misfire", "catchUpMs", "overlap"],
  initialConfig: { cron: "0 9 * * *", timezone: "UTC" },
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) => `${inWords(parsed.cron)} (${parsed.timezone})`,
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: { scheduledFor: "2026-01-31T09:00:00.000Z", firedAt: "2026-01-31T09:00:00.120Z", timezone: "UTC" },
});

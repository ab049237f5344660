import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { inWords, maxWaitMs } from "#lib/nodes/durations.ts";

const defaultMs = 86_400_000;

const config = z.strictObject({
  timeoutMs: z.int().min(1_000).max(maxWaitMs).default(defaultMs).meta({
    label: "Wait at most",
    help: "From when the step is reached. Then the time-out port is taken.",
    widget: "duration",
  }),
});

/** Parks a run until somebody calls the step's link. */
export const waitForCallback = defineNode({
  type: "wait-for-callback",
  version: 1,
  title: "Wait for a call back",
  description: "Waits until a remote calls the link that an earlier step gave it.",
  category: "logic",
  icon: "phone-incoming",
  synonyms: ["callback", "resume", "webhook", "signal", "wait", "async", "event", "link"],
  config,
  deferred: ["timeoutMs"],
  initialConfig: {},
  ports: () => [
    { name: "out", label: "out" },
    { name: "timeout", label: "time-out", failure: true },
  ],
  // A fresh config has not been given its defaults yet.
  summary: ({ timeoutMs = defaultMs }) => `Waits for the call, at most ${inWords(timeoutMs)}`,
  effect: () => "none",
  awaits: ({ timeoutMs }) => ({ signal: "callback", timeoutMs }),
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { body: { status: "done" }, headers: { "content-type": "application/json" }, receivedAt: "2026-01-31T09:00:00.000Z" },
});

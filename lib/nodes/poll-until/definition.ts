import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { inWords, maxWaitMs } from "#lib/nodes/durations.ts";
import { askedRequest } from "#lib/nodes/request-fields.ts";

const defaultMs = 86_400_000;

const request = askedRequest({ placeholder: "{{ steps.submit.output.headers.location }}" });

const cancel = z.strictObject({
  ...request.shape,
  method: z.enum(["DELETE", "POST", "PUT", "PATCH"]).default("DELETE").meta({ label: "Method", widget: "select" }),
});

const condition = (label: string, help: string, placeholder: string) =>
  ({ label, help, placeholder, widget: "code", expression: "cel", names: ["response"] }) as const;

const config = z.strictObject({
  request: request.meta({ label: "Request", help: "Asked again and again, so it must change nothing." }),
  done: z
    .string()
    .min(1, "say when the job is done")
    .max(20_000)
    .meta(condition("Done when", "A condition over `response` (status, headers, body).", 'response.body.?status == "done"')),
  failed: z
    .string()
    .min(1)
    .max(20_000)
    .optional()
    .meta(condition("Failed when", "Looked at first. Then the failed port is taken.", 'response.body.?status == "failed"')),
  everyMs: z.int().min(1_000).max(86_400_000).optional().meta({
    label: "Ask every",
    help: "Left out: after 5 s, then ever less often, at least once a minute.",
    widget: "duration",
  }),
  timeoutMs: z.int().min(1_000).max(maxWaitMs).default(defaultMs).meta({
    label: "Ask at most",
    help: "From when the step is reached. Then the time-out port is taken.",
    widget: "duration",
  }),
  callback: z.boolean().default(false).meta({
    label: "Also take a call back",
    help: "Gives the step a link, run.resumeUrls.<id>. Whichever comes first ends it.",
    widget: "switch",
  }),
  cancel: cancel.optional().meta({
    label: "Cancel the job",
    help: "Sent once when the run is canceled, or passes its deadline, while the job goes on.",
  }),
  output: z.enum(["body", "full"]).default("body").meta({
    label: "Output",
    help: "body: the parsed body alone. full: status, headers and body, and whether it came by poll or callback.",
    widget: "select",
  }),
});

/** Asks a remote until its job is done, holding nothing between two questions. */
export const pollUntil = defineNode({
  type: "poll-until",
  version: 1,
  title: "Poll until",
  description: "Asks a remote again and again until its job is done.",
  category: "action",
  icon: "refresh-cw",
  synonyms: ["poll", "wait", "job", "async", "status", "until", "repeat", "check"],
  config,
  deferred: ["done", "failed", "everyMs", "timeoutMs", "callback", "cancel", "output"],
  initialConfig: { request: { url: "" }, done: "" },
  ports: () => [
    { name: "out", label: "out" },
    { name: "failed", label: "failed", failure: true },
    { name: "timeout", label: "time-out", failure: true },
  ],
  // A fresh config has not been given its defaults yet.
  summary: ({ request, timeoutMs = defaultMs }) => `${request.method ?? "GET"} ${request.url || "…"}, at most ${inWords(timeoutMs)}`,
  effect: () => "read",
  awaits: ({ callback, timeoutMs }) => ({ signal: callback ? "callback" : null, timeoutMs }),
  cancelRequest: ({ cancel: request }) => request ?? null,
  policySections: ["timeout", "throttle", "breaker", "validate", "onFailure"],
  policyDefaults: { timeoutMs: 30_000, onFailure: "dead-letter" },
  sampleOutput: { id: "1", status: "done" },
});

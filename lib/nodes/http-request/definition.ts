import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { headersSchema } from "#lib/nodes/headers.ts";
import { paginationSchema } from "#lib/nodes/shared/pagination.ts";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;

const success = z.union([z.string().min(1).max(20_000), z.array(z.int().min(100).max(599)).min(1)]).meta({
  label: "Success when",
  help: "A condition over `response` (status, headers, body), or a list of statuses. Left out: any 2xx.",
  placeholder: "response.status in [200, 201, 409]",
  widget: "code",
  expression: "cel",
  names: ["response"],
});

const throttled = z
  .string()
  .min(1)
  .max(20_000)
  .meta({
    label: "Too many calls when",
    help: "For a remote that refuses with another status than 429. Such an answer is waited out and is no failed attempt.",
    placeholder: "response.status == 200 && response.body.error == 'rate_limited'",
    widget: "code",
    expression: "cel",
    names: ["response"],
  });

const fields = z.strictObject({
  method: z.enum(methods).default("GET").meta({ label: "Method", widget: "select" }),
  url: z
    .string()
    .min(1, { error: "an address is needed", abort: true })
    .max(8_000)
    .refine((url) => url.includes("{{") || /^https?:\/\//i.test(url), "the address must start with https:// or http://")
    .meta({ label: "URL", placeholder: "https://api.example.com/orders", widget: "text", expression: "template" }),
  query: z.record(z.string().min(1), z.string().max(8_000)).default({}).meta({ label: "Query", widget: "pairs", expression: "template" }),
  headers: headersSchema.default({}).meta({ label: "Headers", widget: "pairs", expression: "template" }),
  body: z
    .json()
    .optional()
    .meta({ label: "Body", help: "Texts in it may hold {{ expressions }}.", widget: "json", expression: "template" }),
  bodyType: z.enum(["json", "form", "text"]).default("json").meta({ label: "Body type", widget: "select" }),
  expect: z.strictObject({ success: success.optional(), throttled: throttled.optional() }).default({}).meta({ label: "Expect" }),
  pagination: paginationSchema,
  output: z.enum(["body", "full"]).default("body").meta({
    label: "Output",
    help: "body: the parsed body alone, or the items of all pages. full: status, headers and body, or the pages and items.",
    widget: "select",
  }),
});

const config = fields.superRefine(({ method, pagination }, context) => {
  if (pagination.mode === "none" || method === "GET") return;
  context.addIssue({
    code: "custom",
    message: "only the pages of a GET can be read: it alone may be repeated",
    path: ["pagination", "mode"],
  });
});

/** How the pages of an answer are gone through. */
export type PagedBy = Exclude<z.output<typeof fields>["pagination"], { mode: "none" }>;

/** Calls an HTTP API. */
export const httpRequest = defineNode({
  type: "http-request",
  version: 1,
  title: "HTTP request",
  description: "Calls an HTTP API and hands on its answer.",
  category: "action",
  icon: "globe",
  synonyms: ["api", "rest", "fetch", "post", "get", "call", "curl", "url"],
  config,
  deferred: ["expect", "output", "pagination"],
  initialConfig: { method: "GET", url: "" },
  ports: () => [
    { name: "out", label: "out" },
    { name: "error", label: "error", failure: true },
  ],
  summary: (parsed) => `${parsed.method} ${parsed.url || "…"}`,
  effect: (parsed) =>
    parsed.method === "GET" || parsed.method === "HEAD"
      ? "read"
      : parsed.method === "PUT" || parsed.method === "DELETE"
        ? "natural"
        : "unsafe",
  policySections: ["timeout", "throttle", "idempotency", "retry", "breaker", "validate", "onFailure"],
  policyDefaults: {
    timeoutMs: 30_000,
    deadlineMs: 86_400_000,
    retry: {
      maxAttempts: 5,
      initialMs: 1_000,
      factor: 2,
      maxMs: 300_000,
      jitter: "full",
      on: ["transient", "unavailable", "timeout", "conflict"],
    },
    onFailure: "dead-letter",
  },
  sampleOutput: { id: "1", status: "ok" },
});

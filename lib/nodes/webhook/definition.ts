import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const weekMs = 604_800_000;

const secretConnectionId = z.uuid().nullable().default(null).meta({
  label: "Secret",
  help: "The connection that holds the shared secret.",
  widget: "connection",
});

const toleranceMs = z.int().min(1_000).max(3_600_000).default(300_000).meta({
  label: "Clock tolerance",
  help: "Deliveries signed longer ago than this are refused.",
  widget: "duration",
});

const verification = z.discriminatedUnion("scheme", [
  z.strictObject({ scheme: z.literal("none") }).meta({ label: "None" }),
  z
    .strictObject({
      scheme: z.literal("token"),
      secretConnectionId,
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/)
        .default("Authorization")
        .meta({ label: "Header", help: "Where the caller sends the token; `Bearer ` before it is fine." }),
    })
    .meta({ label: "Token" }),
  z.strictObject({ scheme: z.literal("basic"), secretConnectionId }).meta({ label: "Basic (user and password)" }),
  z
    .strictObject({
      scheme: z.literal("hmac"),
      secretConnectionId,
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/)
        .default("X-Signature")
        .meta({ label: "Header" }),
      algorithm: z.enum(["sha256", "sha512"]).default("sha256").meta({ label: "Algorithm", widget: "select" }),
      encoding: z.enum(["hex", "base64"]).default("hex").meta({ label: "Encoding", widget: "select" }),
    })
    .meta({ label: "HMAC of the body" }),
  z.strictObject({ scheme: z.literal("standard-webhooks"), secretConnectionId, toleranceMs }).meta({ label: "Standard Webhooks" }),
  z.strictObject({ scheme: z.literal("github"), secretConnectionId }).meta({ label: "GitHub" }),
  z.strictObject({ scheme: z.literal("stripe"), secretConnectionId, toleranceMs }).meta({ label: "Stripe" }),
  z.strictObject({ scheme: z.literal("slack"), secretConnectionId, toleranceMs }).meta({ label: "Slack" }),
]);

const dedupe = z.strictObject({
  key: z
    .string()
    .max(2_000)
    .refine((key) => key.includes("{{"), "the key must hold an expression, or every delivery would be a duplicate of the first")
    .optional()
    .meta({
      label: "Key",
      help: "Deliveries with the same key run once. GitHub, Stripe and Standard Webhooks bring a delivery id and need none.",
      placeholder: "{{ trigger.body.id }}",
      expression: "template",
      widget: "text",
    }),
  ttlMs: z.int().min(60_000).max(34_560_000_000).default(weekMs).meta({ label: "Remember for", widget: "duration" }),
});

const response = z.strictObject({
  mode: z
    .enum(["ack", "wait"])
    .default("ack")
    .meta({ label: "Answer", help: "Ack: 202 as soon as the event is stored. Wait: the workflow's own answer.", widget: "select" }),
  timeoutMs: z.int().min(100).max(300_000).default(30_000).meta({ label: "Wait at most", widget: "duration" }),
  status: z
    .int()
    .min(200)
    .max(599)
    .optional()
    .meta({ label: "Status", help: "Of the acknowledgement; 202 when left out.", widget: "number" }),
  body: z
    .string()
    .max(100_000)
    .optional()
    .meta({ label: "Body", help: "Of the acknowledgement; the run's id when left out.", widget: "textarea" }),
});

const config = z.strictObject({
  method: z.enum(["POST", "GET", "PUT", "PATCH", "DELETE", "ANY"]).default("POST").meta({ label: "Method", widget: "select" }),
  verification: verification.default({ scheme: "none" }).meta({ label: "Verification", help: "How to know that a delivery is genuine." }),
  dedupe: dedupe.default(dedupe.parse({})).meta({ label: "Duplicates" }),
  response: response.default(response.parse({})).meta({ label: "Response" }),
  rateLimit: z
    .strictObject({
      limit: z.int().min(1).max(100_000).meta({ label: "Deliveries", widget: "number" }),
      perMs: z.int().min(1_000).max(3_600_000).meta({ label: "Per", widget: "duration" }),
    })
    .optional()
    .meta({ label: "Rate limit", help: "More than this is answered with 429." }),
  expectEveryMs: z.int().min(60_000).max(2_678_400_000).optional().meta({
    label: "Expect an event within",
    help: "When none is taken for longer, an issue tells of it. Empty: events may stay away.",
    widget: "duration",
  }),
});

/** Starts a run for each HTTP delivery to the workflow's own address. */
export const webhook = defineNode({
  type: "webhook",
  version: 1,
  title: "Webhook",
  description: "Starts a run when another system calls this workflow's address.",
  category: "trigger",
  icon: "webhook",
  synonyms: ["http", "incoming", "callback", "hook", "github", "stripe", "api"],
  config,
  deferred: ["method", "verification", "dedupe", "response", "rateLimit", "expectEveryMs"],
  initialConfig: { method: "POST", verification: { scheme: "none" } },
  ports: () => [{ name: "out", label: "out" }],
  summary: (parsed) =>
    parsed.verification.scheme === "none" ? parsed.method : `${parsed.method}, verified (${parsed.verification.scheme})`,
  effect: () => "none",
  policySections: [],
  policyDefaults: {},
  sampleOutput: {
    body: { id: "evt_1", email: "ada@example.com" },
    headers: { "content-type": "application/json" },
    query: {},
    method: "POST",
    deliveryId: "evt_1",
    receivedAt: "2026-01-31T09:30:00.000Z",
  },
});

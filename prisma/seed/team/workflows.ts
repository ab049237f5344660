import { githubPush } from "#lib/graph/templates/github-push.ts";
import { nightlySync } from "#lib/graph/templates/nightly-sync.ts";
import { webhookToApi } from "#lib/graph/templates/webhook-to-api.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { deployWebShop } from "./deploy.ts";
import { followUp, invoices, priceFeed, refunds } from "./documents.ts";

/** What a workflow of the team is, what happened to it last week, and what happens to it now. */
export interface TeamWorkflow {
  name: string;
  document: JsonObject;
  /** One run each; those of `ends` are waited for. */
  ends?: JsonValue[];
  waits?: JsonValue[];
  /** Of the week before: the steps of its usual way, and where and why one in `failEvery` stopped. */
  past?: { trigger: string; steps: string[]; everyMinutes: number; tookMs: number; failEvery: number; failsAt: string; error: string };
}

const day = 86_400_000;
const customers = [
  "Northwind Traders",
  "Globex",
  "Initech",
  "Umbrella Retail",
  "Hooli",
  "Vandelay Imports",
  "Stark Foods",
  "Wayne Textiles",
];
const invoice = (n: number): JsonObject => ({
  id: `inv-${2040 + n}`,
  customer: customers[n % customers.length] ?? "",
  currency: n % 3 === 0 ? "usd" : "EUR",
  total: (n * 137.4 + 49).toFixed(2),
});
const contact = (n: number, name: string, email: string): JsonObject => ({ id: `lead-${1040 + n}`, name, email, country: "de" });
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

const remembering = ["deploy-target", "web-shop", "crm-target", "notify-target", "mailer", "marketplace", "warehouse-target"];

/** What each sandbox target does while the runs are made. */
export const teamTargets: Record<string, JsonObject> = {
  ...Object.fromEntries(remembering.map((name) => [name, { kind: "recorder" }])),
  "catalogue-source": { kind: "echo" },
  ledger: { kind: "flaky", failRatio: 0.4, seed: 7, status: 422 },
  payments: { kind: "apply-then-drop" },
  mailing: { kind: "flaky", failRatio: 1, seed: 1, status: 503 },
  academy: { kind: "flaky", failRatio: 1, seed: 1, status: 401 },
};

const syncs: TeamWorkflow[] = [
  {
    name: "CRM contact sync",
    document: webhookToApi.document as JsonObject,
    ends: [
      contact(1, "Grace Hopper", "Grace.Hopper@Example.com"),
      contact(2, "  Alan   Turing ", "alan@example.org"),
      contact(3, "Katherine Johnson", "katherine at example"),
    ],
    past: {
      trigger: "webhook",
      steps: ["received", "check", "create", "notify"],
      everyMinutes: 11,
      tookMs: 900,
      failEvery: 61,
      failsAt: "create",
      error: "POST crm.example.com answered 422: the country is not known",
    },
  },
  {
    name: "Invoices to ledger",
    document: invoices,
    ends: range(18).map(invoice),
    past: {
      trigger: "webhook",
      steps: ["paid", "check", "book", "receipt"],
      everyMinutes: 17,
      tookMs: 1_400,
      failEvery: 19,
      failsAt: "book",
      error: "POST ledger.example.com answered 422: the period is closed",
    },
  },
  {
    name: "Refunds",
    document: refunds,
    ends: [
      { id: "rf-310", payment: "pay_8812", amount: 24.9, email: "mia@example.com", reason: "Arrived broken" },
      { id: "rf-311", payment: "pay_8790", amount: 61, email: "noah@example.com", reason: "Wrong size" },
    ],
    waits: [
      {
        id: "rf-312",
        payment: "pay_8741",
        amount: 249,
        email: "lena@example.com",
        reason: "The parcel never arrived; the carrier confirms it.",
      },
      { id: "rf-313", payment: "pay_8702", amount: 1180, email: "orders@globex.example", reason: "Ordered twice by mistake." },
    ],
    past: {
      trigger: "webhook",
      steps: ["asked", "large", "refund"],
      everyMinutes: 95,
      tookMs: 2_300,
      failEvery: 29,
      failsAt: "refund",
      error: "POST payments.example.com answered 402: the payment was refunded already",
    },
  },
  {
    name: "Renewal reminders",
    document: followUp({
      starts: "Renewal is due",
      waitMs: 0,
      calls: "Send the reminder",
      url: "mailing/reminders",
      policy: { retry: { maxAttempts: 3, initialMs: 150, maxMs: 400 } },
    }),
    ends: range(5).map((n) => ({ id: `sub-${770 + n}`, email: `billing@customer-${n}.example` })),
    past: {
      trigger: "webhook",
      steps: ["start", "wait", "send"],
      everyMinutes: 41,
      tookMs: 640,
      failEvery: 37,
      failsAt: "send",
      error: "POST mail.example.com answered 422: the address bounced before",
    },
  },
  {
    name: "Onboarding course",
    document: followUp({ starts: "Account opened", waitMs: 0, calls: "Enrol", url: "academy/enrolments" }),
    ends: range(3).map((n) => ({ id: `acc-${55 + n}`, email: `new@customer-${n}.example` })),
  },
  {
    name: "Trial ends soon",
    document: followUp({ starts: "Trial started", waitMs: 11 * day, calls: "Offer a call", url: "crm-target/tasks" }),
    waits: range(3).map((n) => ({ id: `trial-${20 + n}`, email: `trial@customer-${n}.example` })),
    past: {
      trigger: "webhook",
      steps: ["start", "wait", "send"],
      everyMinutes: 130,
      tookMs: 1_100,
      failEvery: 1_000_000,
      failsAt: "send",
      error: "",
    },
  },
  {
    name: "Marketplace prices",
    document: priceFeed,
    waits: [{ products: range(12).map((n) => ({ sku: `SKU-${4100 + n}`, price: 9.9 + n })) }],
  },
  { name: "Nightly warehouse sync", document: nightlySync.document as JsonObject, ends: [{}] },
];

/** The deliveries of the first are checked with the secret of this connection. */
export function teamWorkflows(secretConnectionId: string): TeamWorkflow[] {
  const deployments: TeamWorkflow = {
    name: "Deploy web shop",
    document: deployWebShop(secretConnectionId),
    ends: [githubPush as JsonValue],
    past: {
      trigger: "webhook",
      steps: ["push", "on_default_branch", "check", "deploy", "healthy", "notify"],
      everyMinutes: 34,
      tookMs: 48_000,
      failEvery: 23,
      failsAt: "deploy",
      error: "POST deploy.example.com answered 409: a deployment of this commit is under way",
    },
  };
  return [deployments, ...syncs];
}

/** Never published. */
export const teamDraft = {
  name: "Churn alerts",
  document: followUp({ starts: "Usage dropped", waitMs: day, calls: "Tell the account manager", url: "notify-target/messages" }),
};

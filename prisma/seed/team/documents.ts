import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

const target = (path: string) => `{{ vars.baseUrl }}/sandbox/${path}`;

function call(a: { id: string; name: string; x: number; y?: number; url: string; body: JsonValue; policy?: JsonObject }): JsonObject {
  const { id, name, x, y = 120, url, body, policy = {} } = a;
  const position = { x, y };
  return { id, type: "http-request", name, position, config: { method: "POST", url: target(url), body }, policy };
}

/** Each line of an invoice is booked once; what the ledger refuses waits in the inbox. */
export const invoices: JsonObject = {
  schemaVersion: 1,
  nodes: [
    {
      id: "paid",
      type: "webhook",
      name: "Invoice paid",
      position: { x: 0, y: 120 },
      config: { dedupe: { key: "{{ trigger.body.id }}" } },
    },
    {
      id: "check",
      type: "validate-transform",
      name: "Check the invoice",
      position: { x: 300, y: 120 },
      config: {
        fields: [
          { target: "id", source: "{{ trigger.body.id }}", required: true, steps: [{ type: "trim" }] },
          { target: "customer", source: "{{ trigger.body.customer }}", required: true, steps: [{ type: "collapse-spaces" }] },
          {
            target: "currency",
            source: "{{ trigger.body.currency }}",
            default: "EUR",
            steps: [{ type: "uppercase" }, { type: "enum", values: ["EUR", "USD", "GBP"] }],
          },
          {
            target: "total",
            source: "{{ trigger.body.total }}",
            required: true,
            steps: [{ type: "to-number" }, { type: "range", min: 0 }],
          },
        ],
      },
    },
    call({
      id: "book",
      name: "Book in the ledger",
      x: 600,
      url: "ledger/entries",
      body: "{{ steps.check.output }}",
      policy: {
        idempotency: { key: "invoice-{{ steps.check.output.id }}", header: "Idempotency-Key" },
        throttle: { windows: [{ limit: 20, perMs: 1_000 }] },
      },
    }),
    call({
      id: "receipt",
      name: "Send the receipt",
      x: 900,
      url: "mailer/receipts",
      body: { invoice: "{{ steps.check.output.id }}", total: "{{ steps.check.output.total }}" },
      policy: { idempotency: { key: "receipt-{{ steps.check.output.id }}", header: "Idempotency-Key" } },
    }),
  ],
  edges: [
    { id: "e1", source: "paid", target: "check" },
    { id: "e2", source: "check", target: "book" },
    { id: "e3", source: "book", target: "receipt" },
  ],
};

/** Money leaves by a call that must not be repeated, and large sums are asked for. */
export const refunds: JsonObject = {
  schemaVersion: 1,
  nodes: [
    {
      id: "asked",
      type: "webhook",
      name: "Refund asked for",
      position: { x: 0, y: 120 },
      config: { dedupe: { key: "{{ trigger.body.id }}" } },
    },
    { id: "large", type: "if", name: "Over €100?", position: { x: 300, y: 120 }, config: { condition: "trigger.body.amount > 100" } },
    {
      id: "approve",
      type: "approval",
      name: "Ask finance",
      position: { x: 600, y: 20 },
      config: { message: "Refund € {{ trigger.body.amount }} to {{ trigger.body.email }}?\n\n{{ trigger.body.reason }}" },
    },
    call({
      id: "refund",
      name: "Pay back",
      x: 900,
      url: "payments/refunds",
      body: { payment: "{{ trigger.body.payment }}", amount: "{{ trigger.body.amount }}" },
      policy: { idempotency: { effect: "unsafe" } },
    }),
  ],
  edges: [
    { id: "e1", source: "asked", target: "large" },
    { id: "e2", source: "large", sourcePort: "true", target: "approve" },
    { id: "e3", source: "approve", sourcePort: "approved", target: "refund" },
    { id: "e4", source: "large", sourcePort: "false", target: "refund" },
  ],
};

/** Every item of a list by itself, under a limit that lets only a few through. */
export const priceFeed: JsonObject = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "New price list", position: { x: 0, y: 120 } },
    {
      id: "each",
      type: "for-each",
      name: "Each product",
      position: { x: 300, y: 120 },
      config: { items: "{{ trigger.body.products }}", concurrency: 4, tolerate: { percent: 10 } },
    },
    call({
      id: "push",
      name: "Set the price",
      x: 640,
      y: 80,
      url: "marketplace/prices",
      body: "{{ item }}",
      policy: {
        throttle: { windows: [{ limit: 6, perMs: 3_600_000 }] },
        idempotency: { key: "{{ item.sku }}-{{ item.price }}", header: "Idempotency-Key" },
      },
    }),
    call({ id: "done", name: "Tell pricing", x: 640, y: 300, url: "notify-target/messages", body: { text: "Prices are set" } }),
  ],
  edges: [
    { id: "e1", source: "start", target: "each" },
    { id: "e2", source: "each", sourcePort: "item", target: "push" },
    { id: "e3", source: "each", sourcePort: "done", target: "done" },
  ],
};

/** A trigger, a wait and a call: the shape of everything that follows up on something. */
export function followUp(a: { starts: string; waitMs: number; calls: string; url: string; policy?: JsonObject }): JsonObject {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "webhook", name: a.starts, position: { x: 0, y: 120 } },
      { id: "wait", type: "delay", name: "Wait a while", position: { x: 300, y: 120 }, config: { forMs: a.waitMs } },
      call({
        id: "send",
        name: a.calls,
        x: 600,
        url: a.url,
        body: { to: "{{ trigger.body.email }}", customer: "{{ trigger.body.id }}" },
        policy: { idempotency: { key: "{{ trigger.body.id }}", header: "Idempotency-Key" }, ...a.policy },
      }),
    ],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: "send" },
    ],
  };
}

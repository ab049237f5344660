import type { JsonObject } from "#lib/shared/json.ts";

const runbook = (target: string) =>
  `Seeded to fail. Make the sandbox target ${target} a recorder, then come back to the inbox: what waits there can then be settled.`;

/** Books each order with a remote that knows no such customer: one cause, many items. */
export const invoiceSync: JsonObject = {
  schemaVersion: 1,
  nodes: [
    { id: "order", type: "manual", name: "Order placed", position: { x: 0, y: 120 } },
    {
      id: "check",
      type: "validate-transform",
      name: "Check the order",
      position: { x: 300, y: 120 },
      config: {
        fields: [
          { target: "id", source: "{{ trigger.body.id }}", required: true, steps: [{ type: "trim" }] },
          { target: "customer", source: "{{ trigger.body.customer }}", required: true, steps: [{ type: "trim" }, { type: "lowercase" }] },
          {
            target: "total",
            source: "{{ trigger.body.total }}",
            required: true,
            steps: [{ type: "to-number" }, { type: "range", min: 0 }],
          },
        ],
      },
    },
    {
      id: "invoice",
      type: "http-request",
      name: "Create the invoice",
      position: { x: 600, y: 120 },
      config: { method: "POST", url: "{{ vars.baseUrl }}/sandbox/demo-billing-target/invoices", body: "{{ steps.check.output }}" },
      policy: { idempotency: { key: "invoice-{{ steps.check.output.id }}", header: "Idempotency-Key" } },
      notes: runbook("demo-billing-target"),
    },
    {
      id: "mark",
      type: "set",
      name: "Mark as invoiced",
      position: { x: 900, y: 120 },
      config: { values: { order: "{{ steps.check.output.id }}", invoiced: true } },
    },
  ],
  edges: [
    { id: "e1", source: "order", target: "check" },
    { id: "e2", source: "check", target: "invoice" },
    { id: "e3", source: "invoice", target: "mark" },
  ],
};

/** Sends something that a repeat would send twice, to a remote that breaks in the middle: nobody knows whether it was done. */
export const giftCards: JsonObject = {
  schemaVersion: 1,
  nodes: [
    { id: "won", type: "manual", name: "Prize won", position: { x: 0, y: 120 } },
    {
      id: "send",
      type: "http-request",
      name: "Send the gift card",
      position: { x: 300, y: 120 },
      config: {
        method: "POST",
        url: "{{ vars.baseUrl }}/sandbox/demo-gift-card-target/cards",
        body: { to: "{{ trigger.body.email }}", amount: "{{ trigger.body.amount }}" },
      },
      notes: runbook("demo-gift-card-target"),
    },
  ],
  edges: [{ id: "e1", source: "won", target: "send" }],
};

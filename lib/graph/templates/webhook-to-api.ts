import type { TemplateView } from "#lib/shared/api-types.ts";

const leadKey = "{{ trigger.body.id }}";

/** Webhook → check → call an API → notify; what is refused is told, too. */
export const webhookToApi: TemplateView = {
  id: "webhook-check-call-notify",
  name: "Webhook → check → call API → notify",
  description: "Takes in a contact, checks and cleans it, creates it in another system once, and sends a message.",
  sampleInput: {
    id: "lead-1042",
    name: "  Grace   Hopper ",
    email: " Grace.Hopper@Example.com",
    phone: "01 42 68 53 00",
    country: "fr",
    signedUpAt: "31/01/2026 09:30",
  },
  document: {
    schemaVersion: 1,
    nodes: [
      {
        id: "received",
        type: "webhook",
        name: "Contact received",
        position: { x: 0, y: 120 },
        config: { method: "POST", verification: { scheme: "none" }, dedupe: { key: leadKey }, response: { mode: "ack" } },
      },
      {
        id: "check",
        type: "validate-transform",
        name: "Check the contact",
        position: { x: 300, y: 120 },
        config: {
          fields: [
            { target: "id", source: leadKey, required: true, steps: [{ type: "trim" }, { type: "length", max: 100 }] },
            {
              target: "name",
              source: "{{ trigger.body.name }}",
              required: true,
              steps: [{ type: "collapse-spaces" }, { type: "length", max: 200 }],
            },
            {
              target: "email",
              source: "{{ trigger.body.email }}",
              required: true,
              steps: [{ type: "lowercase" }, { type: "email", disposable: "reject" }],
            },
            { target: "phone", source: "{{ trigger.body.phone }}", steps: [{ type: "phone", country: "FR" }] },
            {
              target: "country",
              source: "{{ trigger.body.country }}",
              default: "FR",
              steps: [{ type: "trim" }, { type: "uppercase" }, { type: "enum", values: ["FR", "DE", "GB", "US"] }],
            },
            {
              target: "signedUpAt",
              source: "{{ trigger.body.signedUpAt }}",
              steps: [{ type: "parse-date", formats: ["dd/MM/yyyy HH:mm", "ISO"], zone: "Europe/Paris", to: "iso-datetime" }],
            },
          ],
        },
      },
      {
        id: "create",
        type: "http-request",
        name: "Create contact",
        position: { x: 600, y: 40 },
        config: { method: "POST", url: "{{ vars.baseUrl }}/sandbox/crm-target/contacts", body: "{{ steps.check.output }}" },
        policy: { idempotency: { key: "contact-{{ steps.check.output.id }}", header: "Idempotency-Key" } },
      },
      {
        id: "notify",
        type: "http-request",
        name: "Notify sales",
        position: { x: 900, y: 40 },
        config: {
          method: "POST",
          url: "{{ vars.baseUrl }}/sandbox/notify-target/messages",
          body: { channel: "#sales", text: "New contact: {{ steps.check.output.name }} <{{ steps.check.output.email }}>" },
        },
        policy: { idempotency: { key: "contact-{{ steps.check.output.id }}-notify", header: "Idempotency-Key" } },
        critical: false,
      },
      {
        id: "tell_refused",
        type: "http-request",
        name: "Tell who sends",
        position: { x: 600, y: 220 },
        config: {
          method: "POST",
          url: "{{ vars.baseUrl }}/sandbox/notify-target/messages",
          body: { channel: "#data-quality", text: "A contact was refused", problems: "{{ steps.check.output.problems }}" },
        },
        policy: { idempotency: { key: "refused-{{ run.id }}", header: "Idempotency-Key" } },
        critical: false,
      },
    ],
    edges: [
      { id: "e1", source: "received", sourcePort: "out", target: "check" },
      { id: "e2", source: "check", sourcePort: "out", target: "create" },
      { id: "e3", source: "create", sourcePort: "out", target: "notify" },
      { id: "e4", source: "check", sourcePort: "rejected", target: "tell_refused" },
    ],
  },
};

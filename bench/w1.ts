import type { JsonObject } from "#lib/shared/json.ts";

/** Workload W1: webhook → transform (e-mail lower-cased, date to ISO 8601, refused without an @) → POST to the mock → answer. */
export function w1Document(mockUrl: string, mode: "wait" | "ack"): JsonObject {
  const nodes: JsonObject[] = [
    { id: "hook", type: "webhook", name: "Order", config: { verification: { scheme: "none" }, response: { mode } } },
    {
      id: "transform",
      type: "validate-transform",
      name: "Transform",
      config: {
        mode: "passthrough",
        fields: [
          {
            target: "email",
            source: "{{ trigger.body.email }}",
            required: true,
            steps: [{ type: "lowercase" }, { type: "pattern", regex: "@" }],
          },
          {
            target: "date",
            source: "{{ trigger.body.date }}",
            required: true,
            steps: [{ type: "parse-date", formats: ["MM/dd/yyyy"], zone: "UTC", to: "iso-datetime" }],
          },
          { target: "id", source: "{{ trigger.body.id }}", required: true, steps: [] },
          { target: "amount", source: "{{ trigger.body.amount }}", steps: [] },
          { target: "items", source: "{{ trigger.body.items }}", steps: [] },
        ],
      },
    },
    {
      id: "call",
      type: "http-request",
      name: "Call",
      config: { method: "POST", url: `${mockUrl}/call`, body: "{{ steps.transform.output }}" },
    },
  ];
  const edges: JsonObject[] = [
    { id: "e1", source: "hook", target: "transform" },
    { id: "e2", source: "transform", target: "call" },
  ];
  if (mode === "wait") {
    nodes.push({ id: "answer", type: "respond", name: "Answer", config: { status: 200, body: "{{ steps.call.output }}" } });
    edges.push({ id: "e3", source: "call", target: "answer" });
  }
  return { schemaVersion: 1, nodes, edges };
}

import { isJsonObject, own } from "#lib/shared/json.ts";
import type { WorkflowNode } from "../document.ts";
import { activeNodes, type Finding, type LintRule, withNode } from "./rule.ts";

const schemesWithDeliveryId = new Set(["github", "stripe", "standard-webhooks"]);

function schemeOf(node: WorkflowNode): string {
  return String(own(own(node.config, "verification"), "scheme") ?? "none");
}

/** Whether a webhook can tell that it has seen a delivery. */
export function deduplicates(node: WorkflowNode): boolean {
  return own(own(node.config, "dedupe"), "key") !== undefined || schemesWithDeliveryId.has(schemeOf(node));
}

function waits(node: WorkflowNode): boolean {
  return node.type === "webhook" && isJsonObject(node.config.response) && node.config.response.mode === "wait";
}

export const unverifiedWebhook: LintRule = {
  id: "unverified-webhook",
  title: "Deliveries are not verified",
  why: "The address of a webhook is no secret for long: it stands in the logs and settings of the sender. Without a signature or token whoever knows it can start runs with data of their own.",
  mend: null,
  find: (compiled) =>
    activeNodes(compiled).flatMap((node) => {
      if (node.type !== "webhook") return [];
      if (schemeOf(node) === "none")
        return [
          {
            node,
            field: "config.verification",
            message: "deliveries are not verified: whoever knows the address can start runs",
            mend: null,
          },
        ];
      if (own(own(node.config, "verification"), "secretConnectionId") != null) return [];
      const field = "config.verification.secretConnectionId";
      return [{ node, field, message: "no secret is chosen yet, so every delivery will be refused", mend: null }];
    }),
};

export const undeduplicatedWebhook: LintRule = {
  id: "undeduplicated-webhook",
  title: "Deliveries that arrive twice run twice",
  why: "Senders deliver at least once. A key over the delivery (an order number, an event id) lets the trigger answer the repeat without a second run.",
  mend: "Take the whole body as the key",
  find: (compiled) =>
    activeNodes(compiled)
      .filter((node) => node.type === "webhook" && !deduplicates(node))
      .map((node) => ({
        node,
        field: "config.dedupe.key",
        message: "without a key a delivery that arrives twice runs twice",
        mend: (document) =>
          withNode(document, node.id, (one) => ({
            ...one,
            config: { ...one.config, dedupe: { ...asObject(one.config.dedupe), key: "{{ sha256(json(trigger.body)) }}" } },
          })),
      })),
};

function asObject(value: WorkflowNode["config"][string] | undefined) {
  return isJsonObject(value) ? value : {};
}

export const unansweredWait: LintRule = {
  id: "unanswered-wait",
  title: "Waiting for an answer and giving one do not match",
  why: "A webhook in wait mode holds its caller until a respond step answers, or until its time-out. A respond step without such a caller talks to nobody.",
  mend: "Change how the webhook answers",
  find: (compiled) => {
    const nodes = activeNodes(compiled);
    const answered = nodes.some((node) => node.type === "respond");
    const waiting = nodes.some(waits);
    const webhook = nodes.find((node) => node.type === "webhook");
    const field = "config.response.mode";
    return [
      ...nodes
        .filter((node) => waits(node) && !answered)
        .map((node) => ({
          node,
          field,
          message: "the caller waits for an answer, but no respond step gives one",
          mend: answering(node, "ack"),
        })),
      ...nodes
        .filter((node) => node.type === "respond" && !waiting)
        .map((node) => ({
          node,
          field: "",
          message: "nobody waits for this answer: no webhook is in wait mode",
          mend: webhook === undefined ? null : answering(webhook, "wait"),
        })),
    ];
  },
};

function answering({ id }: WorkflowNode, mode: "ack" | "wait"): NonNullable<Finding["mend"]> {
  return (document) =>
    withNode(document, id, (one) => ({ ...one, config: { ...one.config, response: { ...asObject(one.config.response), mode } } }));
}

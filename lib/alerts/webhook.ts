import { createHmac, randomBytes } from "node:crypto";
import type { OutboundRequest } from "#lib/nodes/runner.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { linkOf, type Message } from "./message.ts";

const keyPrefix = "whsec_";

/** A new key for signing what goes to a webhook, in the form of Standard Webhooks. */
export function makeSigningKey(): string {
  return `${keyPrefix}${randomBytes(24).toString("base64")}`;
}

/** A message as a call: JSON, signed as Standard Webhooks says, under an id that is the same at every attempt. */
export function toWebhook(message: Message, address: { url: string; signingKey: string }, now: number): OutboundRequest {
  const body = JSON.stringify(payloadOf(message));
  const timestamp = String(Math.floor(now / 1_000));
  const key = Buffer.from(address.signingKey.slice(keyPrefix.length), "base64");
  const signature = createHmac("sha256", key).update(`${message.id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  return { method: "POST", url: address.url, headers, body };
}

/** `issue.opened` and so on for one issue, `issue.digest` for several. */
function payloadOf(message: Message): JsonObject {
  const issues = message.issues.map(({ kind, issueId, firstSeenAt, lastSeenAt, ruleName, ...facts }) => ({
    ...facts,
    id: issueId,
    event: kind,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    rule: ruleName,
    url: linkOf(message, issueId),
  }));
  const [only] = issues;
  const single = issues.length === 1 && message.more === 0 && only !== undefined;
  return {
    type: single ? `issue.${only.event}` : "issue.digest",
    timestamp: message.at.toISOString(),
    data: { summary: message.subject, test: message.test, more: message.more, issues },
  };
}

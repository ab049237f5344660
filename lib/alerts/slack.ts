import type { OutboundRequest } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { headline, type IssueFacts, linkOf, type Message, placeOf, restOf, timesOf } from "./message.ts";

/** Slack refuses a section with more. */
const maxSection = 2_900;

/** A message for an incoming webhook of Slack, or of what speaks as it does: blocks, and a text for the notification. */
export function toSlack(message: Message, address: { url: string }): OutboundRequest {
  const rest = restOf(message);
  const blocks: JsonValue[] = [
    ...(message.test ? [section("_This is a test: somebody tries whether alerts arrive here. Nothing has failed._")] : []),
    ...message.issues.map((facts) => section(issueText(message, facts))),
    ...(rest === null ? [] : [section(escaped(rest))]),
  ];
  const body = JSON.stringify({ text: escaped(message.subject), blocks });
  return { method: "POST", url: address.url, headers: { "content-type": "application/json" }, body };
}

function section(text: string): JsonValue {
  return { type: "section", text: { type: "mrkdwn", text: text.slice(0, maxSection) } };
}

function issueText(message: Message, facts: IssueFacts): string {
  const place = placeOf(facts);
  return [
    `*<${linkOf(message, facts.issueId)}|${escaped(headline(facts)).replaceAll("|", "¦")}>*`,
    ...(place === null ? [] : [escaped(place)]),
    escaped(timesOf(facts)),
    ...(facts.runbook === "" ? [] : [`>${escaped(facts.runbook).replaceAll("\n", "\n>")}`]),
  ].join("\n");
}

/** So that nothing in a text becomes a link, or calls a whole channel. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

import { NodeError } from "#lib/nodes/runner.ts";
import type { SendMail } from "#lib/outbound/mail.ts";
import type { Outbound } from "#lib/outbound/outbound.ts";
import { parseRetryAfter } from "#lib/shared/rate-headers.ts";
import type { Answer } from "./judge-answer.ts";
import { type Message, toText } from "./message.ts";
import { toSlack } from "./slack.ts";
import { toWebhook } from "./webhook.ts";

/** Where a channel leads, opened. Only webhooks are signed. */
export type ChannelAddress = { url: string; signingKey: string | null } | { to: string[] };

/** The ways out; `mail` is null where SMTP_URL is not set. */
export interface Carriers {
  outbound: Pick<Outbound, "send">;
  mail: SendMail | null;
}

/** How an attempt fared, and what was sent, as its receiver saw it. */
export interface Delivery {
  answer: Answer;
  sent: string;
}

/** For connecting, sending and the whole answer. */
export const attemptMs = 20_000;

const maxBytes = 65_536;
const maxExcerpt = 200;

/** Sends a message through a channel, once. Never throws: whatever happens is an answer. */
export async function deliver(carriers: Carriers, given: { address: ChannelAddress; message: Message; now: number }): Promise<Delivery> {
  const { address, message, now } = given;
  if ("to" in address) return deliverMail(carriers.mail, address.to, message);
  const { url, signingKey } = address;
  const request = signingKey === null ? toSlack(message, { url }) : toWebhook(message, { url, signingKey }, now);
  const sent = request.body ?? "";
  try {
    const options = { signal: AbortSignal.timeout(attemptMs), timeoutMs: attemptMs, followRedirects: "none" as const, maxBytes };
    const { status, headers, body } = await carriers.outbound.send(request, options);
    const excerpt = oneLine(body);
    const text = excerpt === "" ? `answered ${status}` : `answered ${status}: ${excerpt}`;
    return { sent, answer: { status, text, retryAfterMs: parseRetryAfter(headers["retry-after"], headers.date, now) } };
  } catch (error) {
    return { sent, answer: unanswered(error) };
  }
}

async function deliverMail(mail: SendMail | null, to: string[], message: Message): Promise<Delivery> {
  const text = toText(message);
  const sent = `Subject: ${message.subject}\n\n${text}`;
  if (mail === null) return { sent, answer: { status: null, text: "mail cannot be sent: SMTP_URL is not set", retryAfterMs: null } };
  try {
    const taken = await mail({ to, subject: message.subject, text }, attemptMs);
    return { sent, answer: { status: 200, text: `the mail server took it: ${oneLine(taken)}`, retryAfterMs: null } };
  } catch (error) {
    return { sent, answer: unanswered(error) };
  }
}

function unanswered(error: unknown): Answer {
  const text = error instanceof NodeError ? error.message : "the message could not be sent";
  return { status: null, text: oneLine(text), retryAfterMs: null };
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, maxExcerpt);
}

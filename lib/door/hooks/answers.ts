import { createHmac } from "node:crypto";
import type { Accepted } from "#lib/engine/ledger/intake.ts";
import type { RunAnswer } from "#lib/engine/ledger/run-listener.ts";
import type { HookAnswer } from "#lib/nodes/runner.ts";
import type { HookTrigger } from "./hook-triggers.ts";
import { toJson } from "./refusal.ts";

/** What a workflow must not set: framing belongs to the server, and its origin's cookies and trust to the application. */
const refusedHeaders = new Set([
  "connection",
  "content-length",
  "content-security-policy",
  "clear-site-data",
  "date",
  "keep-alive",
  "nel",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-content-type-options",
]);
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const unsendable = /(?!\t)[\p{Cc}\u{100}-\u{10ffff}]/u;
/** A browser that opens the answer runs nothing in it and gives it no origin. */
const sandboxed = { "content-security-policy": "sandbox", "x-content-type-options": "nosniff" };
const withoutBody = new Set([204, 205, 304]);

/** The acknowledgement: the event is stored, the run will come. */
export function acknowledge(trigger: HookTrigger, token: string, accepted: Accepted, baseUrl: string): Response {
  const { status, body } = trigger.config.response;
  if (body !== undefined)
    return new Response(body, {
      status: status ?? (accepted.duplicate || accepted.dropped ? 200 : 202),
      headers: { "content-type": typeOf(body), ...sandboxed },
    });
  if (accepted.duplicate)
    return toJson(status ?? 200, { runId: accepted.runId, duplicate: true, ...(accepted.conflicting ? { conflicting: true } : {}) });
  // Not an error: whoever would send it again would have it dropped again.
  if (accepted.dropped) return toJson(status ?? 200, { dropped: true, reason: accepted.dropped, runId: accepted.runId });
  return toJson(status ?? 202, { runId: accepted.runId, statusUrl: statusUrl(trigger, token, accepted.runId, baseUrl) });
}

/** The workflow's own answer to a caller that waited for it. */
export function answerOf(runId: string, result: RunAnswer, duplicate: boolean): Response {
  const extra: Record<string, string> = duplicate ? { "idempotent-replay": "true" } : {};
  if (result.answer !== null) return fromWorkflow(result.answer, extra);
  const status = result.status === "failed" || result.status === "canceled" ? 500 : 200;
  return toJson(status, { runId, status: result.status }, extra);
}

/** Where the caller may ask how this one run is doing. */
function statusUrl(trigger: HookTrigger, token: string, runId: string, baseUrl: string): string {
  const key = trigger.statusSecret === null ? "" : `?key=${statusKey(trigger.statusSecret, runId)}`;
  return `${baseUrl}/hooks/${token}/runs/${runId}${key}`;
}

/** Opens the status of one run only, so that it can be handed to whoever started that run. */
export function statusKey(statusSecret: string, runId: string): string {
  return createHmac("sha256", statusSecret).update(runId).digest("base64url").slice(0, 22);
}

function fromWorkflow(answer: HookAnswer, extra: Record<string, string>): Response {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (headerName.test(name) && !unsendable.test(value) && !refusedHeaders.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  headers["content-type"] ??= typeOf(answer.body);
  const status = Number.isInteger(answer.status) && answer.status >= 200 && answer.status <= 599 ? answer.status : 500;
  return new Response(withoutBody.has(status) ? null : answer.body, { status, headers: { ...headers, ...extra, ...sandboxed } });
}

function typeOf(body: string): string {
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return "text/plain; charset=utf-8";
  }
}

import type { OutboundResponse } from "#lib/nodes/runner.ts";

/**
 * How long the remote asks to wait, in ms, or undefined when it does not say. An HTTP date is taken relative to the
 * answer's own Date header, so that a difference between the two clocks does not matter.
 */
export function retryAfterMs(response: OutboundResponse, now: number): number | undefined {
  const { headers } = response;
  const after = headers["retry-after"]?.trim();
  if (after !== undefined) return seconds(after) ?? untilDate(after, headers.date, now);
  if (response.status !== 429 && response.status !== 403) return undefined;
  const draft = /(?:^|[;,\s])(?:t|reset)=(\d{1,9})(?:$|[;,\s])/.exec(headers.ratelimit ?? "")?.[1];
  if (draft !== undefined) return seconds(draft);
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"];
  return reset === undefined ? undefined : untilReset(reset.trim(), headers.date, now);
}

function seconds(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Math.ceil(Number(text) * 1_000) : undefined;
}

function untilDate(text: string, serverDate: string | undefined, now: number): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - serverNow(serverDate, now));
}

/** Some services give a Unix time, others seconds from now; no reset lies thirty years ahead. */
function untilReset(text: string, serverDate: string | undefined, now: number): number | undefined {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  if (value === undefined) return undefined;
  return value > 1_000_000_000 ? Math.max(0, value * 1_000 - serverNow(serverDate, now)) : value * 1_000;
}

function serverNow(serverDate: string | undefined, now: number): number {
  const parsed = serverDate === undefined ? Number.NaN : Date.parse(serverDate);
  return Number.isNaN(parsed) ? now : parsed;
}

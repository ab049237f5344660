import type { IncomingHttpHeaders } from "node:http";
import { Masker } from "#lib/outbound/mask.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { masked } from "#lib/shared/masked.ts";
import type { WebhookConfig } from "#lib/triggers/webhook/verify.ts";
import { type ParsedBody, toFlatObject } from "./parse-body.ts";

const masker = new Masker();
const noQuery: JsonObject = {};

/** Everything of a delivery that the run will see as `trigger`. */
export interface DeliveryParts {
  config: WebhookConfig;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: ParsedBody;
  deliveryId: string | null;
  receivedAtMs: number;
}

/** The JSON text of `trigger`, as it is stored and run. */
export function triggerText(parts: DeliveryParts): string {
  const { body, headers, query, ...rest } = triggerParts(parts);
  return `{"body":${body.text},"headers":${JSON.stringify(headers)},"query":${JSON.stringify(query)},${JSON.stringify(rest).slice(1)}`;
}

/** `trigger` as a value, for an expression that needs it before anything is stored. */
export function triggerValue(parts: DeliveryParts): JsonObject {
  const { body, ...rest } = triggerParts(parts);
  return { body: body.value, ...rest };
}

function triggerParts(parts: DeliveryParts) {
  return {
    body: parts.body,
    headers: maskedHeaders(parts.config, parts.headers),
    query: queryOf(parts.url),
    method: parts.method,
    deliveryId: parts.deliveryId,
    receivedAt: new Date(parts.receivedAtMs).toISOString(),
  };
}

/** Headers as they may be stored: secrets out by name, and whatever carries this trigger's own token or signature. */
export function maskedHeaders(config: WebhookConfig, headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  const safe = masker.headers(flat);
  const { verification } = config;
  const own = verification.scheme === "token" || verification.scheme === "hmac" ? verification.header.toLowerCase() : "authorization";
  if (own !== "authorization" && safe[own] !== undefined) safe[own] = masked;
  return safe;
}

/** The query of a request's target, names flat, repeated ones as lists. */
export function queryOf(url: string): JsonObject {
  const mark = url.indexOf("?");
  return mark === -1 ? noQuery : toFlatObject(new URLSearchParams(url.slice(mark + 1)));
}

/** A text, number or boolean as a key; null for anything that would make deliveries the same that are not. */
export function keyText(value: JsonValue): string | null {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value.trim() === "") return null;
  return value;
}

import type * as z from "zod";
import type { webhook } from "#lib/nodes/webhook/definition.ts";
import { assertNever } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { decode, isHmac, sameText } from "./signatures.ts";

export type WebhookConfig = z.output<typeof webhook.config>;
export type Verification = WebhookConfig["verification"];

/** What a connection holds for checking deliveries. Several values of a field while a secret is being rotated. */
export interface HeldSecrets {
  plain: JsonObject;
  secrets: { field: string; value: string }[];
}

/** As Node gives them: lower-case names, repeated ones joined. */
export type DeliveryHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Delivery {
  headers: DeliveryHeaders;
  /** The raw bytes: what was signed. Never JSON that was parsed and written again. */
  body: Buffer;
  nowMs: number;
}

/** Why a delivery is not believed; recorded on the trigger, never told to the sender. */
export type Refusal =
  | "secret_missing"
  | "signature_missing"
  | "signature_malformed"
  | "signature_invalid"
  | "timestamp_invalid"
  | "timestamp_outside_tolerance";

/**
 * Checks that a delivery is genuine. Null when it is. A scheme without a usable secret refuses everything: a check that
 * passes for lack of a secret is worse than none.
 */
export function refuseDelivery(verification: Verification, held: HeldSecrets, delivery: Delivery): Refusal | null {
  if (verification.scheme === "none") return null;
  if (verification.scheme === "basic") return refuseBasic(held, header(delivery, "authorization"));
  const keys = held.secrets.filter((secret) => secret.field !== "username" && secret.value !== "").map((secret) => secret.value);
  if (keys.length === 0) return "secret_missing";
  switch (verification.scheme) {
    case "token":
      return refuseToken(keys, header(delivery, verification.header));
    case "hmac":
      return refuseHmac(verification, keys, delivery);
    case "github":
      return refuseHmac({ header: "x-hub-signature-256", algorithm: "sha256", encoding: "hex" }, keys, delivery);
    case "standard-webhooks":
      return refuseStandard(verification.toleranceMs, keys, delivery);
    case "stripe":
      return refuseStripe(verification.toleranceMs, keys, delivery);
    case "slack":
      return refuseSlack(verification.toleranceMs, keys, delivery);
    default:
      return assertNever(verification);
  }
}

/** The id the sender gives to one delivery, the same over all its repeats; null when the scheme has none. */
export function deliveryIdOf(verification: Verification, headers: DeliveryHeaders, body: JsonValue): string | null {
  switch (verification.scheme) {
    case "github":
      return text(headers["x-github-delivery"]);
    case "standard-webhooks":
      return text(headers["webhook-id"] ?? headers["svix-id"]);
    case "stripe":
      return isJsonObject(body) ? text(body.id) : null;
    case "slack":
      return isJsonObject(body) ? text(body.event_id) : null;
    default:
      return null;
  }
}

function refuseToken(keys: string[], given: string | null): Refusal | null {
  if (given === null) return "signature_missing";
  const token = given.replace(/^Bearer +/i, "");
  return keys.some((key) => sameText(key, token)) ? null : "signature_invalid";
}

function refuseBasic(held: HeldSecrets, given: string | null): Refusal | null {
  const users = [held.plain.username, ...held.secrets.filter((secret) => secret.field === "username").map((secret) => secret.value)];
  const user = users.find((name) => typeof name === "string" && name !== "");
  const passwords = held.secrets.filter((secret) => secret.field !== "username" && secret.value !== "");
  if (user === undefined || passwords.length === 0) return "secret_missing";
  if (given === null) return "signature_missing";
  const encoded = /^Basic +(\S+)$/i.exec(given)?.[1];
  if (encoded === undefined) return "signature_malformed";
  const credential = Buffer.from(encoded, "base64").toString();
  return passwords.some((password) => sameText(`${String(user)}:${password.value}`, credential)) ? null : "signature_invalid";
}

interface HmacHeader {
  header: string;
  algorithm: "sha256" | "sha512";
  encoding: "hex" | "base64";
}

function refuseHmac(scheme: HmacHeader, keys: string[], delivery: Delivery): Refusal | null {
  const given = header(delivery, scheme.header);
  if (given === null) return "signature_missing";
  const prefix = `${scheme.algorithm}=`;
  const signature = decode(given.startsWith(prefix) ? given.slice(prefix.length) : given, scheme.encoding);
  if (signature === null) return "signature_malformed";
  return keys.some((key) => isHmac({ algorithm: scheme.algorithm, key, parts: [delivery.body] }, signature)) ? null : "signature_invalid";
}

/** Standard Webhooks: `id.timestamp.body`, a list of signatures, keys in base64. */
function refuseStandard(toleranceMs: number, keys: string[], delivery: Delivery): Refusal | null {
  const id = header(delivery, "webhook-id") ?? header(delivery, "svix-id");
  const timestamp = header(delivery, "webhook-timestamp") ?? header(delivery, "svix-timestamp");
  const list = header(delivery, "webhook-signature") ?? header(delivery, "svix-signature");
  if (id === null || timestamp === null || list === null) return "signature_missing";
  const late = refuseTimestamp(timestamp, toleranceMs, delivery.nowMs);
  if (late !== null) return late;
  const signatures = versioned(list.split(" "), "v1,", "base64");
  if (signatures.length === 0) return "signature_malformed";
  const secrets = keys.map((key) => decode(key.replace(/^whsec_/, ""), "base64") ?? key);
  return anySigned(secrets, signatures, [`${id}.${timestamp}.`, delivery.body]);
}

/** Stripe: `t=…,v1=…,v1=…` over `t.body`. */
function refuseStripe(toleranceMs: number, keys: string[], delivery: Delivery): Refusal | null {
  const given = header(delivery, "stripe-signature");
  if (given === null) return "signature_missing";
  const items = given.split(",").map((item) => item.trim());
  const timestamp = items.find((item) => item.startsWith("t="))?.slice(2) ?? "";
  const late = refuseTimestamp(timestamp, toleranceMs, delivery.nowMs);
  if (late !== null) return late;
  const signatures = versioned(items, "v1=", "hex");
  if (signatures.length === 0) return "signature_malformed";
  return anySigned(keys, signatures, [`${timestamp}.`, delivery.body]);
}

/** Slack: `v0=…` over `v0:timestamp:body`. */
function refuseSlack(toleranceMs: number, keys: string[], delivery: Delivery): Refusal | null {
  const timestamp = header(delivery, "x-slack-request-timestamp");
  const given = header(delivery, "x-slack-signature");
  if (timestamp === null || given === null) return "signature_missing";
  const late = refuseTimestamp(timestamp, toleranceMs, delivery.nowMs);
  if (late !== null) return late;
  const signatures = versioned([given], "v0=", "hex");
  if (signatures.length === 0) return "signature_malformed";
  return anySigned(keys, signatures, [`v0:${timestamp}:`, delivery.body]);
}

/** More than this many signatures no sender needs; each costs an HMAC for each secret. */
const maxSignatures = 10;

function versioned(items: string[], prefix: string, encoding: "hex" | "base64"): Buffer[] {
  const found = items.filter((item) => item.startsWith(prefix)).slice(0, maxSignatures);
  return found.flatMap((item) => decode(item.slice(prefix.length), encoding) ?? []);
}

function anySigned(keys: (string | Buffer)[], signatures: Buffer[], parts: (string | Buffer)[]): Refusal | null {
  const signed = keys.some((key) => signatures.some((signature) => isHmac({ algorithm: "sha256", key, parts }, signature)));
  return signed ? null : "signature_invalid";
}

/** Unix seconds, at most the tolerance away in either direction. */
function refuseTimestamp(timestamp: string, toleranceMs: number, nowMs: number): Refusal | null {
  if (!/^\d{1,12}$/.test(timestamp)) return "timestamp_invalid";
  return Math.abs(nowMs - Number(timestamp) * 1_000) > toleranceMs ? "timestamp_outside_tolerance" : null;
}

function header(delivery: Delivery, name: string): string | null {
  return text(delivery.headers[name.toLowerCase()]);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

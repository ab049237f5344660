import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { JsonValue } from "#lib/shared/json.ts";
import { ExpressionError } from "../error.ts";
import { bounded } from "../value.ts";
import { type FunctionTable, text } from "./args.ts";

/** The SHA-256 of a text as lower-case hex. */
export function sha256Hex(source: string): string {
  return bytesToHex(sha256(utf8ToBytes(source)));
}

function encoded(source: string): string {
  let binary = "";
  for (const byte of utf8ToBytes(source)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function decoded(source: string): string {
  try {
    const binary = atob(source.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch (error) {
    throw new ExpressionError("type", "the text is not base64 of UTF-8 text", { cause: error });
  }
}

function parsed(source: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(source);
    return value;
  } catch (error) {
    throw new ExpressionError("type", "the text is not JSON", { cause: error });
  }
}

function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytesToHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Functions that turn data into text and back. */
export const codecFunctions: FunctionTable = {
  hash: { signature: "hash(text)", help: "SHA-256 as hex.", min: 1, max: 1, call: (a) => sha256Hex(text(a, 0)) },
  sha256: { signature: "sha256(text)", help: "The same as hash.", min: 1, max: 1, call: (a) => sha256Hex(text(a, 0)) },
  base64Encode: { signature: "base64Encode(text)", help: "The text in base64.", min: 1, max: 1, call: (a) => encoded(text(a, 0)) },
  base64Decode: {
    signature: "base64Decode(text)",
    help: "The text that base64 stands for.",
    min: 1,
    max: 1,
    call: (a) => decoded(text(a, 0)),
  },
  json: { signature: "json(value)", help: "The value as JSON text.", min: 1, max: 1, call: (a) => bounded(JSON.stringify(a[0] ?? null)) },
  parseJson: {
    signature: "parseJson(text)",
    help: "The value that JSON text stands for.",
    min: 1,
    max: 1,
    call: (a) => parsed(text(a, 0)),
  },
  urlEncode: {
    signature: "urlEncode(text)",
    help: "The text made safe for a part of a URL.",
    min: 1,
    max: 1,
    call: (a) => encodeURIComponent(text(a, 0).toWellFormed()),
  },
  uuid: { signature: "uuid()", help: "A new random UUID.", min: 0, max: 0, call: () => uuid() },
};

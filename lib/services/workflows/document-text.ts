import { createHash } from "node:crypto";
import { isJsonObject } from "#lib/shared/json.ts";

/**
 * The one text of a JSON value: keys sorted, no space. Drafts and published documents are stored in it, so that the same
 * document has the same text and the same hash however a client ordered its keys.
 */
export function canonicalText(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.filter((key) => value[key] !== undefined).map((key) => [key, sortKeys(value[key])]));
}

/** What documents of one workflow are told apart by. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

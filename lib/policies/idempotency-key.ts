import { createHash } from "node:crypto";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

/** Longer ones are nearly always a whole body that was meant to be one field of it. */
export const maxKeyLength = 1_000;

export type KeyResult = { ok: true; key: string } | { ok: false; problem: string };

/** What a template makes of a field that is not there. One shared key for all of them would merge strangers. */
const missingLike: ReadonlySet<string> = new Set(["undefined", "null", "nan", "[object object]", "{}", "[]"]);

/**
 * Judges what a key expression gave, for idempotency and throttle keys alike. NUL characters are dropped and Unicode is
 * brought to one normal form; upper and lower case stay different.
 */
export function normalizeKey(value: JsonValue | undefined): KeyResult {
  if (value === null || value === undefined) return { ok: false, problem: "The key is empty: its expression gave no value." };
  if (typeof value === "number" && Number.isFinite(value)) return { ok: true, key: String(value) };
  if (typeof value !== "string") return { ok: false, problem: "The key must be a text or a number." };
  if (!value.isWellFormed()) return { ok: false, problem: "The key is not valid Unicode text." };
  const key = value.replaceAll("\0", "").normalize("NFC");
  if (key.trim() === "") return { ok: false, problem: "The key is empty: its expression gave only white space." };
  if (missingLike.has(key.trim().toLowerCase()))
    return { ok: false, problem: `The key is "${key.trim()}", which looks like a missing value.` };
  if (key.length > maxKeyLength)
    return { ok: false, problem: `The key has ${key.length} characters; at most ${maxKeyLength} are allowed.` };
  return { ok: true, key };
}

/** Where a key is unique. Never wider than one workspace. */
export function idempotencyScope(a: {
  scope: "node" | "workflow" | "connection";
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  connectionId: string | null;
}): string {
  switch (a.scope) {
    case "node":
      return `node:${a.workspaceId}:${a.workflowId}:${a.nodeId}`;
    case "workflow":
      return `workflow:${a.workspaceId}:${a.workflowId}`;
    case "connection":
      return `connection:${a.workspaceId}:${a.connectionId ?? "none"}`;
  }
}

/**
 * Which idempotency keys a replay uses: those of the run it repeats, so that what took effect then is not done again and
 * its results are returned; or ones of a new generation, so that every effect is done once more.
 */
export type RunKeys = { as: "same"; of: { id: string; keysOf: string | null } } | { as: "new" };

/** What `run.keys_of` holds for a replay: the run whose keys it uses, itself for a new generation. Of any other run it is null. */
export function keysOf(runId: string, keys: RunKeys): string {
  return keys.as === "new" ? runId : (keys.of.keysOf ?? keys.of.id);
}

/** The key of a step whose author gave none: protects against a crash, not against a second trigger. `runId` is whose keys the run uses. */
export function defaultKey(a: { runId: string; nodeId: string; iteration: string }): string {
  return `${a.runId}/${a.nodeId}/${a.iteration}`;
}

/** What the record is found by. Hashed always: never guess from its looks that a key already is a hash. */
export function keyHash(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Tells whether two inputs under one key are the same, whatever the order of their fields. */
export function fingerprint(input: JsonValue): Buffer {
  const sorted = (_: string, value: JsonValue) =>
    isJsonObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  return createHash("sha256").update(JSON.stringify(input, sorted)).digest();
}

/**
 * What the remote gets to know the call by: the same over attempts, workers, redrives and releases of Sluice, until a
 * person asks for the call to be made anew (`generation` + 1). Changing this function doubles effects.
 */
export function outboundKey(scope: string, key: string, generation: number): string {
  const hash = createHash("sha256").update(JSON.stringify([scope, key, generation]));
  return `slc_${hash.digest("base64url")}`;
}

import { createHash, randomBytes } from "node:crypto";

/** Makes a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits. Sorts by time of creation. */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A UUID (version 8) made of what it names, so that everybody who names the same thing finds the same id without asking. */
export function derivedId(...names: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(names)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string is a UUID in lower case, the only form we write. */
export function isId(value: string): boolean {
  return uuidPattern.test(value);
}

import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Compares two texts in a time that tells nothing of where they differ, nor of the secret's length. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export interface SignedContent {
  algorithm: "sha256" | "sha512";
  key: string | Buffer;
  /** Signed one after the other, without copying the body. */
  parts: (string | Buffer)[];
}

/** Whether `given` is the HMAC of the content. An empty key signs nothing: anybody could have made that signature. */
export function isHmac(content: SignedContent, given: Buffer): boolean {
  if (content.key.length === 0) return false;
  const hmac = createHmac(content.algorithm, content.key);
  for (const part of content.parts) hmac.update(part);
  const expected = hmac.digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Bytes of a hex or base64 text, or null when it is neither whole nor clean. */
export function decode(text: string, encoding: "hex" | "base64"): Buffer | null {
  if (encoding === "hex") return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : null;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : null;
}

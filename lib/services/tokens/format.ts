import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/*
 * `slc_` + 32 random base62 characters (190 bits) + 6 characters of checksum. The prefix lets secret scanners find a leaked
 * token (regular expression: `slc_[0-9A-Za-z]{38}`), the checksum lets us refuse a mistyped one without asking the database.
 * The randomness makes a slow hash needless: SHA-256 is what is stored.
 */
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 32;
const checksumLength = 6;
const tokenPattern = /^slc_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: without this cut the first letters would be likelier than the last.
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(random: string): string {
  let rest = crc32(random);
  let text = "";
  for (let i = 0; i < checksumLength; i++) {
    text = alphabet.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Makes a new API token, with what is stored of it: its hash and a hint by which people tell tokens apart. */
export function makeToken(): { token: string; hash: Uint8Array<ArrayBuffer>; hint: string } {
  const random = randomBase62(randomLength);
  const token = `slc_${random}${checksum(random)}`;
  return { token, hash: hashToken(token), hint: `slc_${random.slice(0, 4)}…` };
}

/** Whether a text has the form and the checksum of a token. Says nothing about its existence. */
export function isWellFormedToken(token: string): boolean {
  const [, random, sum] = tokenPattern.exec(token) ?? [];
  return random !== undefined && checksum(random) === sum;
}

/** SHA-256, the form in which tokens are stored and looked up. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/*
 * A sealed value: format (1 byte) | version of its key (4) | nonce (12) | tag (16) | ciphertext, AES-256-GCM. What the
 * value belongs to is authenticated with it, so a ciphertext copied to another row does not open there.
 */

const format = 1;
const nonceLength = 12;
const tagLength = 16;
const keyVersionAt = 1;
const nonceAt = 5;
const tagAt = nonceAt + nonceLength;
const textAt = tagAt + tagLength;
export const keyLength = 32;

/** A value that does not open: another key, another owner, or damage. Says nothing of the value. */
export class UnsealError extends Error {
  constructor(cause?: unknown) {
    super("the sealed value cannot be opened", { cause });
    this.name = "UnsealError";
  }
}

/** Seals a value under a key for one owner. The nonce is random: a key must not seal more than 2^32 values. */
export function seal(key: Buffer, keyVersion: number, owner: string, value: Buffer): Buffer {
  const sealed = Buffer.alloc(textAt + value.length);
  sealed.writeUInt8(format, 0);
  sealed.writeUInt32BE(keyVersion, keyVersionAt);
  const nonce = randomBytes(nonceLength);
  nonce.copy(sealed, nonceAt);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
  cipher.setAAD(authenticated(sealed, owner));
  cipher.update(value).copy(sealed, textAt);
  cipher.final();
  cipher.getAuthTag().copy(sealed, tagAt);
  return sealed;
}

/** The version of the key a value was sealed with. Throws UnsealError for something else than a sealed value. */
export function keyVersionOf(sealed: Buffer): number {
  if (sealed.length < textAt || sealed.readUInt8(0) !== format) throw new UnsealError();
  return sealed.readUInt32BE(keyVersionAt);
}

/** Opens what `seal` made for the same owner under the same key, or throws UnsealError. */
export function open(key: Buffer, owner: string, sealed: Buffer): Buffer {
  keyVersionOf(sealed);
  // Without authTagLength Node accepts tags of 4 bytes, which can be guessed.
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(nonceAt, tagAt), { authTagLength: tagLength });
  decipher.setAAD(authenticated(sealed, owner));
  decipher.setAuthTag(sealed.subarray(tagAt, textAt));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
  } catch (error) {
    throw new UnsealError(error);
  }
}

/** Tells keys apart without telling the key. */
export function fingerprint(key: Buffer): string {
  return createHash("sha256").update("sluice key fingerprint").update(key).digest("hex").slice(0, 16);
}

/** The format and key version are authenticated too, so that neither can be exchanged. */
function authenticated(sealed: Buffer, owner: string): Buffer {
  return Buffer.concat([sealed.subarray(0, nonceAt), Buffer.from(owner)]);
}

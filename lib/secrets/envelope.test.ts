import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, keyVersionOf, open, seal, UnsealError } from "./envelope.ts";

const key = randomBytes(32);

describe("envelope", () => {
  it("gives back what was sealed, and tells the key's version", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(0xffffffff), fc.string(), (value, version, owner) => {
        const sealed = seal(key, version, owner, Buffer.from(value));
        expect(keyVersionOf(sealed)).toBe(version);
        expect(open(key, owner, sealed)).toEqual(Buffer.from(value));
      }),
    );
  });

  it("opens for no other owner and with no other key", () => {
    const sealed = seal(key, 1, "row 1", Buffer.from("value"));
    expect(() => open(key, "row 2", sealed)).toThrow(UnsealError);
    expect(() => open(randomBytes(32), "row 1", sealed)).toThrow(UnsealError);
  });

  it("notices every changed byte", () => {
    const sealed = seal(key, 1, "row", Buffer.from("value"));
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
      expect(() => open(key, "row", changed), `byte ${at}`).toThrow(UnsealError);
    }
  });

  it.each([4, 8, 12, 15])("refuses a tag cut to %i bytes", (length) => {
    const sealed = seal(key, 1, "row", Buffer.from("value"));
    const cut = Buffer.concat([sealed.subarray(0, 17 + length), sealed.subarray(33)]);
    expect(() => open(key, "row", cut)).toThrow(UnsealError);
    expect(() => open(key, "row", sealed.subarray(0, 17 + length))).toThrow(UnsealError);
  });

  it("never uses a nonce twice", () => {
    const nonces = new Set(Array.from({ length: 10_000 }, () => seal(key, 1, "row", Buffer.alloc(0)).toString("hex", 5, 17)));
    expect(nonces.size).toBe(10_000);
  });

  it("tells keys apart by fingerprint without telling the key", () => {
    expect(fingerprint(key)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprint(key)).not.toBe(fingerprint(randomBytes(32)));
    expect(key.toString("hex")).not.toContain(fingerprint(key));
  });
});

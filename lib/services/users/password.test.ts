import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

describe("passwords", () => {
  it("are stored as argon2id with 19 MiB, two passes and one lane", async () => {
    expect(await hashPassword("a good long password")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("match whatever Unicode form they arrive in", async () => {
    const hash = await hashPassword("cafe\u0301 und Kuchen");
    expect(await verifyPassword({ hash, password: "caf\u00e9 und Kuchen" })).toBe(true);
    expect(await verifyPassword({ hash, password: "cafe und Kuchen" })).toBe(false);
  });

  it("are not cut: what follows 72 bytes or a NUL counts", async () => {
    const hash = await hashPassword(`${"x".repeat(100)}\u0000a`);
    expect(await verifyPassword({ hash, password: `${"x".repeat(100)}\u0000b` })).toBe(false);
    expect(await verifyPassword({ hash, password: `${"x".repeat(100)}\u0000a` })).toBe(true);
  });

  it("do not match a stored form that is none", async () => {
    expect(await verifyPassword({ hash: "plain", password: "plain" })).toBe(false);
  });
});

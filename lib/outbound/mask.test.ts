import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Masker } from "./mask.ts";

const secret = 's3cr/et+va lue"ü';
const masker = new Masker([secret]);

describe("masking by value", () => {
  it.each([
    ["as it is", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["URL-encoded in lower case", encodeURIComponent(secret).toLowerCase()],
    ["form-encoded", new URLSearchParams({ a: secret }).toString().slice(2)],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
    ["base64", Buffer.from(secret).toString("base64").replace(/=+$/, "")],
    ["base64url", Buffer.from(secret).toString("base64url")],
  ])("finds a secret %s", (_form, text) => {
    const shown = masker.text(`before ${text} after`);
    expect(shown).toContain("[masked]");
    expect(shown).not.toContain(text.slice(2, -2));
    expect(shown).toMatch(/^before .* after$/);
  });

  it("finds a secret within base64 at any offset", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (before, after) => {
        const basic = Buffer.from(`${before}longsecretvalue${after}`).toString("base64");
        expect(new Masker(["longsecretvalue"]).text(`x ${basic}`)).toContain("[masked]");
      }),
    );
  });

  it("does not take a secret's characters for a pattern, and masks the longer of two that overlap", () => {
    expect(new Masker(["a.c.e.g*"]).text("abcdefg a.c.e.g*")).toBe("abcdefg [masked]");
    expect(new Masker(["secret-1", "secret-12"]).text("secret-12")).toBe("[masked]");
  });

  it("leaves text alone for values too short to be secrets", () => {
    expect(new Masker(["true", "abc", ""]).text("true abc")).toBe("true abc");
  });

  it("never leaves a secret in what it returns, whatever surrounds it", () => {
    const secrets = fc.string({ unit: fc.constantFrom(...'abcXYZ+/=%$&\\"ü🙂'), minLength: 6, maxLength: 40 });
    const surroundings = fc.string({ unit: fc.constantFrom(..."0123456789 \n") });
    fc.assert(
      fc.property(secrets, surroundings, surroundings, (value, before, after) => {
        expect(new Masker([value]).text(before + value + after)).not.toContain(value);
      }),
    );
  });
});

describe("masking by name", () => {
  const plain = new Masker([]);

  it("keeps header names, schemes and cookie names", () => {
    expect(
      plain.headers({
        Authorization: "Bearer abc.def",
        "Proxy-Authorization": "Basic dXNlcjpwdw==",
        "x-api-key": "k",
        cookie: "sid=1; theme=dark",
        "set-cookie": "sid=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2; HttpOnly",
        "x-hub-signature-256": "sha256=ab",
        "x-gitlab-token": "t",
        "idempotency-key": "order-7",
        accept: "application/json",
      }),
    ).toEqual({
      Authorization: "Bearer [masked]",
      "Proxy-Authorization": "Basic [masked]",
      "x-api-key": "[masked]",
      cookie: "sid=[masked]; theme=[masked]",
      "set-cookie": "sid=[masked]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=[masked]; HttpOnly",
      "x-hub-signature-256": "[masked]",
      "x-gitlab-token": "[masked]",
      "idempotency-key": "order-7",
      accept: "application/json",
    });
  });

  it("masks strings under secret names in JSON, and keeps numbers and structure", () => {
    expect(
      plain.json({
        user: { password: "p", name: "Ann" },
        access_token: "t",
        usage: { total_tokens: 12 },
        tokens: [{ clientSecret: "c" }],
        a: null,
      }),
    ).toEqual({
      user: { password: "[masked]", name: "Ann" },
      access_token: "[masked]",
      usage: { total_tokens: 12 },
      tokens: [{ clientSecret: "[masked]" }],
      a: null,
    });
  });

  it("masks pairs in bodies that stay text", () => {
    expect(plain.body('{"apiKey": "a\\"b", "name":"Ann"}')).toBe('{"apiKey": "[masked]", "name":"Ann"}');
    expect(plain.body("grant=x&client_secret=abc&y=1")).toBe("grant=x&client_secret=[masked]&y=1");
  });

  it("masks query values of URLs and credentials in messages", () => {
    expect(plain.text("https://x.example/a?api_key=abc&b=1#c")).toBe("https://x.example/a?api_key=[masked]&b=1#c");
    expect(plain.text("sent Authorization: Bearer abcdefgh to x")).toBe("sent Authorization: Bearer [masked] to x");
  });

  it("takes no more than milliseconds for hostile text", () => {
    const hostile = [
      `"${"token".repeat(20_000)}`,
      '"'.repeat(100_000),
      `${"a=".repeat(50_000)}token`,
      "token ".repeat(20_000),
      "\\".repeat(100_000),
    ];
    for (const text of hostile) {
      const startedAt = performance.now();
      plain.body(text);
      expect(performance.now() - startedAt).toBeLessThan(250);
    }
  });
});

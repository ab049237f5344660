import { createHmac, randomBytes } from "node:crypto";
import examples from "@octokit/webhooks-examples";
import { sign } from "@octokit/webhooks-methods";
import { describe, expect, it } from "vitest";
import { webhook } from "#lib/nodes/webhook/definition.ts";
import { type DeliveryHeaders, deliveryIdOf, type HeldSecrets, refuseDelivery, type Verification } from "./verify.ts";

const nowMs = 1_614_265_330_000;

function scheme(verification: object): Verification {
  return webhook.config.parse({ verification }).verification;
}

function holding(...values: string[]): HeldSecrets {
  return { plain: {}, secrets: values.map((value) => ({ field: "secret", value })) };
}

function check(verification: Verification, held: HeldSecrets, headers: DeliveryHeaders, body: string | Buffer, at = nowMs) {
  return refuseDelivery(verification, held, { headers, body: Buffer.from(body), nowMs: at });
}

/** What each scheme's own documentation publishes, or what its reference library makes. */
const golden: {
  name: string;
  verification: Verification;
  held: HeldSecrets;
  headers: Record<string, string>;
  body: string;
  signedWith: string;
  atMs?: number;
}[] = [
  {
    name: "github",
    verification: scheme({ scheme: "github" }),
    held: holding("It's a Secret to Everybody"),
    headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    body: "Hello, World!",
    signedWith: "x-hub-signature-256",
  },
  {
    name: "standard-webhooks",
    verification: scheme({ scheme: "standard-webhooks" }),
    held: holding("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
    signedWith: "webhook-signature",
  },
  {
    name: "slack",
    verification: scheme({ scheme: "slack" }),
    held: holding("8f742231b10e8888abcd99yyyzzz85a5"),
    headers: {
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    },
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    signedWith: "x-slack-signature",
    atMs: 1_531_420_618_000,
  },
  {
    name: "stripe",
    verification: scheme({ scheme: "stripe" }),
    held: holding("whsec_test_secret"),
    headers: { "stripe-signature": `t=1614265330,v0=00,v1=${hmacHex("whsec_test_secret", '1614265330.{"id":"evt_1"}')}` },
    body: '{"id":"evt_1"}',
    signedWith: "stripe-signature",
  },
  {
    name: "hmac in base64",
    verification: scheme({ scheme: "hmac", header: "X-Shop-Hmac", encoding: "base64", algorithm: "sha512" }),
    held: holding("shop secret"),
    headers: { "x-shop-hmac": createHmac("sha512", "shop secret").update("{}").digest("base64") },
    body: "{}",
    signedWith: "x-shop-hmac",
  },
];

function hmacHex(key: string, content: string): string {
  return createHmac("sha256", key).update(content).digest("hex");
}

describe.each(golden)("a delivery signed by $name", ({ verification, held, headers, body, signedWith, atMs }) => {
  const signature = headers[signedWith] ?? "";

  it("is accepted as its sender signs it", () => {
    expect(check(verification, held, headers, body, atMs)).toBeNull();
  });

  it("is refused with one bit of the body changed", () => {
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 20))) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(check(verification, held, headers, changed, atMs)).toBe("signature_invalid");
    }
  });

  it("is refused with a character of the signature changed, cut or replaced", () => {
    // The last characters of base64 may carry no bits of the signature, so the change is made before them.
    const at = signature.length - 8;
    const changed = signature.slice(0, at) + (signature[at] === "a" ? "b" : "a") + signature.slice(at + 1);
    for (const value of [changed, signature.slice(0, -8), "", "x", "a".repeat(10_000), `${signature}\u0000`, "v1a,AAAA", "sha256="]) {
      expect(check(verification, held, { ...headers, [signedWith]: value }, body, atMs), value.slice(0, 80)).not.toBeNull();
    }
  });

  it("is refused without its headers, and with the secret of another endpoint", () => {
    for (const name of Object.keys(headers)) {
      const rest: Record<string, string> = { ...headers };
      delete rest[name];
      expect(check(verification, held, rest, body, atMs)).toBe("signature_missing");
    }
    expect(check(verification, holding("another secret"), headers, body, atMs)).toBe("signature_invalid");
  });

  it("is refused when the secret is missing, and when anybody could have signed with an empty one", () => {
    expect(check(verification, holding(), headers, body, atMs)).toBe("secret_missing");
    expect(check(verification, holding(""), headers, body, atMs)).toBe("secret_missing");
    const empty = { ...headers, [signedWith]: signature.replace(/[0-9a-f]{64}/, hmacHex("", body)) };
    expect(check(verification, holding(""), empty, body, atMs)).toBe("secret_missing");
  });

  it("is accepted with the old or the new secret while it is being rotated", () => {
    const value = held.secrets[0]?.value ?? "";
    expect(check(verification, holding("the new one", value), headers, body, atMs)).toBeNull();
    expect(check(verification, holding(value, "the old one"), headers, body, atMs)).toBeNull();
  });
});

describe("timestamps", () => {
  const signedAt = (timestamp: string) => ({
    "webhook-id": "m1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${createHmac("sha256", Buffer.from("c2VjcmV0", "base64")).update(`m1.${timestamp}.{}`).digest("base64")}`,
  });
  const at = (timestamp: string) => check(scheme({ scheme: "standard-webhooks" }), holding("whsec_c2VjcmV0"), signedAt(timestamp), "{}");

  it("may be five minutes off in either direction", () => {
    expect(at(String(1_614_265_330 - 300))).toBeNull();
    expect(at(String(1_614_265_330 + 300))).toBeNull();
    expect(at(String(1_614_265_330 - 301))).toBe("timestamp_outside_tolerance");
    expect(at(String(1_614_265_330 + 301))).toBe("timestamp_outside_tolerance");
  });

  it.each(["-1614265330", "1e400", "abc", "0x60", "1614265330.5", " 1614265330", "99999999999999"])(
    "must be whole Unix seconds, not %s",
    (timestamp) => {
      expect(at(timestamp)).toBe("timestamp_invalid");
    },
  );
});

describe("tokens", () => {
  const verification = scheme({ scheme: "token" });

  it("are accepted as a bearer or bare, in the configured header", () => {
    expect(check(verification, holding("t0ken-value"), { authorization: "Bearer t0ken-value" }, "")).toBeNull();
    expect(check(verification, holding("t0ken-value"), { authorization: "t0ken-value" }, "")).toBeNull();
    expect(
      check(scheme({ scheme: "token", header: "X-Gitlab-Token" }), holding("t0ken-value"), { "x-gitlab-token": "t0ken-value" }, ""),
    ).toBeNull();
  });

  it.each(["Bearer", "Bearer ", "Bearer t0ken", "Bearer t0ken-value2", "Basic t0ken-value", "T0KEN-VALUE"])(
    "are refused as %j",
    (authorization) => {
      expect(check(verification, holding("t0ken-value"), { authorization }, "")).toBe("signature_invalid");
    },
  );

  it("are refused when missing, or when there is nothing to compare with", () => {
    expect(check(verification, holding("t0ken-value"), {}, "")).toBe("signature_missing");
    expect(check(verification, holding("t0ken-value"), { authorization: "" }, "")).toBe("signature_missing");
    expect(check(verification, holding(""), { authorization: "Bearer " }, "")).toBe("secret_missing");
    expect(check(verification, holding(), { authorization: "" }, "")).toBe("secret_missing");
  });
});

describe("user and password", () => {
  const verification = scheme({ scheme: "basic" });
  const held = { plain: { username: "ann" }, secrets: [{ field: "password", value: "p:w" }] };
  const basic = (credential: string) => ({ authorization: `Basic ${Buffer.from(credential).toString("base64")}` });

  it("must both be right", () => {
    expect(check(verification, held, basic("ann:p:w"), "")).toBeNull();
    for (const credential of ["ann:pw", "bob:p:w", "ann", ":", ""]) expect(check(verification, held, basic(credential), "")).not.toBeNull();
    expect(check(verification, held, { authorization: "Bearer x" }, "")).toBe("signature_malformed");
  });

  it("must both be set", () => {
    expect(check(verification, { plain: {}, secrets: held.secrets }, basic(":p:w"), "")).toBe("secret_missing");
    expect(check(verification, { plain: { username: "ann" }, secrets: [{ field: "password", value: "" }] }, basic("ann:"), "")).toBe(
      "secret_missing",
    );
  });
});

describe("GitHub's own payloads", () => {
  const verification = scheme({ scheme: "github" });
  const payloads = examples.flatMap((event) =>
    event.examples.map((payload: unknown) => ({ event: event.name, body: JSON.stringify(payload) })),
  );

  it("are accepted as GitHub's own library signs them, and refused when written again with other spacing", async () => {
    expect(payloads.length).toBeGreaterThan(100);
    for (const { event, body } of payloads) {
      const secret = randomBytes(16).toString("hex");
      const headers = { "x-hub-signature-256": await sign(secret, body), "x-github-event": event };
      expect(check(verification, holding(secret), headers, body), event).toBeNull();
      expect(check(verification, holding(secret), headers, JSON.stringify(JSON.parse(body), null, 1)), event).toBe("signature_invalid");
    }
  });

  it("are refused with the signature header sent twice", async () => {
    const signature = await sign("s3cret", "{}");
    expect(check(verification, holding("s3cret"), { "x-hub-signature-256": `${signature}, ${signature}` }, "{}")).toBe(
      "signature_malformed",
    );
  });

  it("are accepted with a byte order mark, escapes and odd white space, when those were signed", async () => {
    const body = '\ufeff{ "a" :\t"\\u00e4",\n"b":"ä" }';
    expect(check(verification, holding("s3cret"), { "x-hub-signature-256": await sign("s3cret", body) }, body)).toBeNull();
  });
});

describe("delivery ids", () => {
  it("come from where each sender puts them, and from nowhere else", () => {
    const headers = { "x-github-delivery": "g1", "webhook-id": "w1" };
    const body = { id: "evt_1", event_id: "Ev1" };
    const of = (name: string) => deliveryIdOf(scheme({ scheme: name }), headers, body);
    expect([of("github"), of("standard-webhooks"), of("stripe"), of("slack"), of("none"), of("token"), of("hmac")]).toEqual([
      "g1",
      "w1",
      "evt_1",
      "Ev1",
      null,
      null,
      null,
    ]);
    expect(deliveryIdOf(scheme({ scheme: "github" }), {}, body)).toBeNull();
    expect(deliveryIdOf(scheme({ scheme: "stripe" }), {}, "text")).toBeNull();
    expect(deliveryIdOf(scheme({ scheme: "stripe" }), {}, { id: 7 })).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { addressKey, Limit, LimitExceeded, limitHeaders } from "./limits.ts";

describe("own limits", () => {
  it("let through what the rule allows, then say how long to wait", async () => {
    const limit = new Limit({ name: "test", limit: 2, perMs: 60_000 });
    expect((await limit.take("a")).remaining).toBe(1);
    expect((await limit.take("a")).remaining).toBe(0);
    const refused = await limit.take("a").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LimitExceeded);
    expect(refused).toMatchObject({ code: "rate_limited", retryAfterMs: 60_000 });
    expect((await limit.take("b")).remaining).toBe(1);
  });

  it("can count failures alone, and forget them", async () => {
    const limit = new Limit({ name: "test", limit: 1, perMs: 60_000 });
    await limit.check("a");
    await limit.take("a");
    await expect(limit.check("a")).rejects.toBeInstanceOf(LimitExceeded);
    await limit.clear("a");
    await limit.check("a");
  });

  it("are told in the headers of the IETF draft", () => {
    const state = { rule: { name: "api", limit: 100, perMs: 60_000 }, remaining: 7, resetMs: 1_500 };
    expect(limitHeaders(state)).toEqual({ "ratelimit-policy": '"api";q=100;w=60', ratelimit: '"api";r=7;t=2' });
  });
});

describe("the key of an address", () => {
  it("is one for a whole IPv6 /64, however it is spelt", () => {
    const spellings = ["2001:db8:1:2::1", "2001:0DB8:0001:0002:0000:0000:0000:0002", "2001:db8:1:2:ffff::", "2001:db8:1:2:0:0:0:9%eth0"];
    expect(new Set(spellings.map(addressKey))).toEqual(new Set(["2001:db8:1:2::/64"]));
    expect(addressKey("2001:db8:1:3::1")).not.toBe(addressKey("2001:db8:1:2::1"));
    expect(addressKey("::1")).toBe("0:0:0:0::/64");
  });

  it("is the address itself for IPv4, mapped or not", () => {
    expect(addressKey("192.0.2.7")).toBe("192.0.2.7");
    expect(addressKey("::ffff:192.0.2.7")).toBe("192.0.2.7");
    expect(addressKey("::FFFF:192.0.2.7")).toBe("192.0.2.7");
  });
});

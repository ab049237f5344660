import { describe, expect, it } from "vitest";
import { isOwnSite } from "./cross-site.ts";

const baseUrl = "https://sluice.example.com";
const post = (facts: { secFetchSite?: string; origin?: string }) =>
  isOwnSite({ method: "POST", secFetchSite: facts.secFetchSite, origin: facts.origin }, baseUrl);

describe("cross-site defence", () => {
  it("lets our own pages and typed addresses through", () => {
    expect(post({ secFetchSite: "same-origin", origin: baseUrl })).toBe(true);
    expect(post({ secFetchSite: "none" })).toBe(true);
  });

  it("refuses other sites and sibling hosts", () => {
    expect(post({ secFetchSite: "cross-site", origin: baseUrl })).toBe(false);
    expect(post({ secFetchSite: "same-site", origin: "https://blog.example.com" })).toBe(false);
  });

  it("falls back to Origin for browsers without fetch metadata", () => {
    expect(post({ origin: baseUrl })).toBe(true);
    expect(post({ origin: "https://evil.example" })).toBe(false);
    expect(post({ origin: "null" })).toBe(false);
    expect(post({ origin: `${baseUrl}.evil.example` })).toBe(false);
  });

  it("lets programs through, which send neither", () => {
    expect(post({})).toBe(true);
  });

  it("never stands in the way of reading", () => {
    expect(isOwnSite({ method: "GET", secFetchSite: "cross-site", origin: "https://evil.example" }, baseUrl)).toBe(true);
  });
});

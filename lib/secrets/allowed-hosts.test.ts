import { describe, expect, it } from "vitest";
import { mayReceiveCredential } from "./allowed-hosts.ts";

const may = (allowedHosts: string[], host: string, baseUrl: string | null = null) => mayReceiveCredential({ baseUrl, allowedHosts }, host);

describe("the hosts a credential may go to", () => {
  it("is nobody when nothing is set", () => {
    expect(may([], "api.example.com")).toBe(false);
    expect(may([""], "")).toBe(false);
    expect(may([], "", "mailto:x")).toBe(false);
    expect(may([], "anything", "not a url")).toBe(false);
  });

  it("is the host and port of the base URL", () => {
    expect(may([], "api.example.com", "https://API.example.com/v1")).toBe(true);
    expect(may([], "api.example.com:8443", "https://api.example.com:8443")).toBe(true);
    expect(may([], "api.example.com:8443", "https://api.example.com")).toBe(false);
    expect(may([], "evil.example.com", "https://api.example.com")).toBe(false);
  });

  it("is what the entries name, exactly or below", () => {
    expect(may(["api.good.example"], "API.good.example")).toBe(true);
    expect(may(["api.good.example"], "api.good.example.evil.example")).toBe(false);
    expect(may(["*.good.example"], "api.good.example")).toBe(true);
    expect(may(["*.good.example"], "good.example")).toBe(false);
    expect(may(["*.good.example"], "evilgood.example")).toBe(false);
    expect(may(["*.good.example"], "api.good.example:8080")).toBe(false);
    expect(may(["*.good.example:8080"], "api.good.example:8080")).toBe(true);
    expect(may(["*", "*."], "api.good.example")).toBe(false);
  });
});

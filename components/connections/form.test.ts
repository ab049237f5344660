import { describe, expect, it } from "vitest";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { connectionFormSchema, toForm, toInput, windowWords } from "./form.ts";

const connection: ConnectionView = {
  id: "c",
  name: "ERP",
  kind: "header",
  baseUrl: "https://erp.example.com",
  allowedHosts: ["a.example.com", "b.example.com:8443"],
  fields: { headerName: "X-Key", region: "eu" },
  limits: {
    windows: [
      { limit: 100, perMs: 60_000 },
      { limit: 5, perMs: 1_500 },
    ],
    concurrency: 4,
  },
  limitState: { blockedUntil: null, waitingCalls: 0, windows: [], learned: [] },
  secrets: [{ field: "value", hint: "4f2a", version: 2 }],
  status: "ok",
  isolatedReason: null,
  authFailedAt: null,
  waitingRuns: 0,
  healthPath: null,
  usedBy: [],
  createdAt: "",
  updatedAt: "",
  lastUsedAt: null,
  lastTestedAt: null,
};

describe("the connection form", () => {
  it("keeps how the remote's limits are understood, and leaves out what is not set", () => {
    const limits = { windows: [], concurrency: null, headroom: 0.8, throttledWhen: "response.status == 200", retryAfterScope: "key" };
    expect(toInput(toForm({ ...connection, limits }), { ...connection, limits }).limits).toEqual(limits);
    const cleared = { ...toForm({ ...connection, limits }), headroom: "", throttledWhen: "", retryAfterScope: "connection" as const };
    expect(JSON.parse(JSON.stringify(toInput(cleared, { ...connection, limits }).limits))).toEqual({ windows: [], concurrency: null });
  });

  it("says windows in words", () => {
    expect([500, 1_000, 60_000, 300_000, 86_400_000].map(windowWords)).toEqual(["0.5 s", "1 second", "1 minute", "5 minutes", "1 day"]);
  });

  it("gives back what it was given, and no secret", () => {
    const input = toInput(toForm({ ...connection, limits: { windows: [{ limit: 100, perMs: 60_000 }], concurrency: 4 } }), connection);
    expect(input).toEqual({
      name: "ERP",
      baseUrl: "https://erp.example.com",
      allowedHosts: ["a.example.com", "b.example.com:8443"],
      fields: { headerName: "X-Key", region: "eu" },
      limits: { windows: [{ limit: 100, perMs: 60_000 }], concurrency: 4 },
      healthPath: null,
      secrets: {},
      isolated: false,
    });
  });

  it("lets the client's secret go to the host of its token URL, and sends a refresh token only when one was entered", () => {
    const form = { ...toForm(null), name: "x", kind: "oauth2" as const, baseUrl: "https://api.example.com", clientId: "me", secret: "s" };
    const input = toInput({ ...form, plain: "https://id.example.com/token", healthPath: "/health" }, null);
    expect(input).toMatchObject({
      kind: "oauth2",
      allowedHosts: ["id.example.com"],
      fields: { tokenUrl: "https://id.example.com/token", clientId: "me" },
      healthPath: "/health",
      secrets: { clientSecret: "s" },
    });
    expect(input.secrets).not.toHaveProperty("refreshToken");
    expect(toInput({ ...form, refreshToken: "r" }, null).secrets).toMatchObject({ refreshToken: "r" });
  });

  it("shows a window in the biggest unit that fits", () => {
    const limits = {
      windows: [
        { limit: 1, perMs: 86_400_000 },
        { limit: 2, perMs: 5_400_000 },
        { limit: 3, perMs: 1_000 },
      ],
    };
    expect(toForm({ ...connection, limits }).windows).toEqual([
      { limit: "1", per: "1", unit: "d" },
      { limit: "2", per: "90", unit: "min" },
      { limit: "3", per: "1", unit: "s" },
    ]);
  });

  it("sends the secret under the field of the kind, and the kind only once", () => {
    const form = { ...toForm(null), name: "API", kind: "basic" as const, plain: "svc", secret: "s3cret" };
    expect(toInput(form, null)).toMatchObject({ kind: "basic", fields: { username: "svc" }, secrets: { password: "s3cret" } });
    expect(toInput(form, connection)).not.toHaveProperty("kind");
  });

  it.each(["ftp://x", "erp.example.com", "https:// "])("refuses the address %s", (baseUrl) => {
    expect(connectionFormSchema.safeParse({ ...toForm(null), name: "x", baseUrl }).success).toBe(false);
  });

  it("refuses a limit that is no whole number instead of rounding it", () => {
    const windows = [{ limit: "1.5", per: "1", unit: "s" as const }];
    expect(connectionFormSchema.safeParse({ ...toForm(null), name: "x", windows }).success).toBe(false);
  });
});

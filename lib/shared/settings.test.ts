import { expect, test } from "vitest";
import { isLocalUrl, parseSettings, settingNames } from "./settings.ts";

test("an empty environment gives the documented defaults", () => {
  expect(parseSettings({})).toMatchObject({
    databaseUrl: null,
    dataDir: ".data",
    port: 3000,
    host: "127.0.0.1",
    baseUrl: "http://localhost:3000",
    secretKey: null,
    workerConcurrency: 200,
    egressAllow: [],
    maxBodyBytes: 1_048_576,
    retentionDays: 30,
    logLevel: "info",
  });
  expect(parseSettings({}).workers).toBeGreaterThanOrEqual(1);
});

test("an empty or blank variable counts as unset", () => {
  expect(parseSettings({ PORT: "", DATABASE_URL: "  " })).toMatchObject({ port: 3000, databaseUrl: null });
});

test("the base URL follows the port and loses its trailing slash", () => {
  expect(parseSettings({ PORT: "4000" }).baseUrl).toBe("http://localhost:4000");
  expect(parseSettings({ SLUICE_BASE_URL: "https://a.example/" }).baseUrl).toBe("https://a.example");
});

test("the egress list takes hosts, networks and IPv6", () => {
  const list = "mail.internal:25, 10.0.0.0/8:443,[fd00::1]:80,[fd00::]/8:80,";
  expect(parseSettings({ SLUICE_EGRESS_ALLOW: list }).egressAllow).toEqual([
    "mail.internal:25",
    "10.0.0.0/8:443",
    "[fd00::1]:80",
    "[fd00::]/8:80",
  ]);
});

test.each([
  ["DATABASE_URL", "mysql://localhost/x"],
  ["PORT", "0"],
  ["PORT", "65536"],
  ["PORT", "3e3"],
  ["SLUICE_WORKERS", "-1"],
  ["SLUICE_WORKER_CONCURRENCY", "many"],
  ["SLUICE_SECRET_KEY", "tooshort"],
  ["SLUICE_EGRESS_ALLOW", "internal"],
  ["SLUICE_EGRESS_ALLOW", "internal:0"],
  ["SLUICE_EGRESS_ALLOW", "internal:70000"],
  ["SLUICE_MAX_BODY_BYTES", "1mb"],
  ["SLUICE_RETENTION_DAYS", "0"],
  ["SLUICE_BASE_URL", "localhost:3000"],
  ["SLUICE_BASE_URL", "https://a.example/sluice"],
  ["SMTP_URL", "https://mail.example"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector"],
  ["LOG_LEVEL", "loud"],
  ["NODE_ENV", "prod"],
])("%s=%s is refused in one line that names the variable", (name, value) => {
  expect(() => parseSettings({ [name]: value })).toThrow(new RegExp(`^${name}: (must|ports)[^\\n]+$`));
});

test("a secret key of 32 bytes is taken as it is", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  expect(parseSettings({ SLUICE_SECRET_KEY: key }).secretKey).toBe(key);
});

test("plain http is refused in production, except on this machine", () => {
  expect(() => parseSettings({ NODE_ENV: "production", SLUICE_BASE_URL: "http://sluice.example" })).toThrow(
    /SLUICE_BASE_URL: must be https/,
  );
  expect(parseSettings({ NODE_ENV: "production" }).baseUrl).toBe("http://localhost:3000");
  expect(parseSettings({ NODE_ENV: "production", SLUICE_BASE_URL: "https://sluice.example" }).nodeEnv).toBe("production");
  expect(isLocalUrl("http://127.0.0.1:3000")).toBe(true);
  expect(isLocalUrl("http://127.0.0.1.example")).toBe(false);
});

test("mail needs an address it comes from", () => {
  expect(() => parseSettings({ SMTP_URL: "smtp://localhost" })).toThrow(/^SMTP_FROM: /);
});

test("every documented variable is read", () => {
  expect(settingNames).toContain("SLUICE_SECRET_KEY");
  expect(new Set(settingNames).size).toBe(settingNames.length);
});

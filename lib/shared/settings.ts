import { availableParallelism } from "node:os";
import * as z from "zod";

/** What the environment says, checked. Names and defaults are those of the documented settings. */
export interface Settings {
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  dataDir: string;
  port: number;
  host: string;
  /** Without a trailing slash. */
  baseUrl: string;
  /** 32 bytes in base64. Null: `start` generates one into the data dir. */
  secretKey: string | null;
  workers: number;
  workerConcurrency: number;
  egressAllow: string[];
  maxBodyBytes: number;
  retentionDays: number;
  smtpUrl: string | null;
  smtpFrom: string | null;
  otlpEndpoint: string | null;
  logLevel: LogLevel;
  nodeEnv: "development" | "production" | "test";
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A setting that stops the start. The message names the variable and the mend, in one line. */
export class SettingsError extends Error {
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(`${variable}: ${message}`);
    this.name = "SettingsError";
    this.variable = variable;
  }
}

const localHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a base URL points to this machine only, where plain http is safe. */
export function isLocalUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return localHosts.has(hostname) || hostname.endsWith(".localhost");
}

function whole(min: number, max: number, fallback: number) {
  const mend = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, mend)
    .transform(Number)
    .refine((value) => value >= min && value <= max, mend)
    .default(fallback);
}

function url(protocols: string[], example: string) {
  const mend = `must be a URL such as ${example}`;
  return z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), mend);
}

const hostAndPort = /^(\[[0-9a-fA-F:]+\](\/\d{1,3})?|[0-9a-fA-F.:]+\/\d{1,3}|[\w.-]+):(\d{1,5})$/;

const egressAllow = z
  .string()
  .default("")
  .transform((list) => list.split(",").map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ""))
  .refine((entries) => entries.every((entry) => Number(hostAndPort.exec(entry)?.[3] ?? 0) >= 1), {
    message: "must be a comma list of host:port or cidr:port, such as mail.internal:25,10.0.0.0/8:443",
  })
  .refine((entries) => entries.every((entry) => Number(hostAndPort.exec(entry)?.[3]) <= 65_535), "ports go from 1 to 65535");

const secretKey = z
  .string()
  .refine((value) => /^[A-Za-z0-9+/]{43}=$/.test(value), "must be 32 bytes in base64: make one with `openssl rand -base64 32`");

const environment = z.object({
  DATABASE_URL: url(["postgres:", "postgresql:"], "postgresql://user:password@host:5432/sluice").optional(),
  SLUICE_DATA_DIR: z.string().default(".data"),
  PORT: whole(1, 65_535, 3000),
  HOST: z.string().default("127.0.0.1"),
  SLUICE_BASE_URL: url(["http:", "https:"], "https://sluice.example.com").optional(),
  SLUICE_SECRET_KEY: secretKey.optional(),
  SLUICE_WORKERS: whole(0, 256, Math.max(1, availableParallelism() - 1)),
  SLUICE_WORKER_CONCURRENCY: whole(1, 10_000, 200),
  SLUICE_EGRESS_ALLOW: egressAllow,
  SLUICE_MAX_BODY_BYTES: whole(1_024, 64 * 1024 * 1024, 1_048_576),
  SLUICE_RETENTION_DAYS: whole(1, 3_650, 30),
  SMTP_URL: url(["smtp:", "smtps:"], "smtps://user:password@mail.example.com").optional(),
  SMTP_FROM: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(["http:", "https:"], "http://collector:4318").optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  NODE_ENV: z.enum(["development", "production", "test"], "must be development, production or test").default("development"),
});

/** Every variable that is read, for `doctor` and the generated reference. */
export const settingNames = Object.keys(environment.shape);

/** Reads the settings; an empty variable counts as unset. Throws a SettingsError for the first that is unsafe or unparsable. */
export function parseSettings(env: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(settingNames.map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SettingsError(String(issue?.path[0] ?? "settings"), issue?.message ?? "cannot be read");
  }
  const e = parsed.data;
  const settings: Settings = {
    databaseUrl: e.DATABASE_URL ?? null,
    dataDir: e.SLUICE_DATA_DIR,
    port: e.PORT,
    host: e.HOST,
    baseUrl: (e.SLUICE_BASE_URL ?? `http://localhost:${e.PORT}`).replace(/\/+$/, ""),
    secretKey: e.SLUICE_SECRET_KEY ?? null,
    workers: e.SLUICE_WORKERS,
    workerConcurrency: e.SLUICE_WORKER_CONCURRENCY,
    egressAllow: e.SLUICE_EGRESS_ALLOW,
    maxBodyBytes: e.SLUICE_MAX_BODY_BYTES,
    retentionDays: e.SLUICE_RETENTION_DAYS,
    smtpUrl: e.SMTP_URL ?? null,
    smtpFrom: e.SMTP_FROM ?? null,
    otlpEndpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: e.LOG_LEVEL,
    nodeEnv: e.NODE_ENV,
  };
  refuseUnsafe(settings);
  return settings;
}

function refuseUnsafe(settings: Settings): void {
  const base = new URL(settings.baseUrl);
  if (base.search !== "" || base.hash !== "" || base.pathname !== "/") {
    throw new SettingsError("SLUICE_BASE_URL", "must be an origin without path or query, such as https://sluice.example.com");
  }
  if (settings.nodeEnv === "production" && base.protocol === "http:" && !isLocalUrl(settings.baseUrl)) {
    throw new SettingsError(
      "SLUICE_BASE_URL",
      `must be https in production, it is ${settings.baseUrl}: put a TLS proxy in front and set its address`,
    );
  }
  if (settings.smtpUrl !== null && settings.smtpFrom === null) {
    throw new SettingsError("SMTP_FROM", "must be set with SMTP_URL: the address mails come from, such as sluice@example.com");
  }
}

import { parseSettings, type Settings, SettingsError, settingNames } from "#lib/shared/settings.ts";
import { code, page, table } from "./markdown.ts";

interface SettingText {
  /** Where the parsed value stands. */
  key: keyof Settings;
  meaning: string;
  /** What an unset variable means, where that depends on the machine or is no value. */
  unset?: string;
}

/** One sentence for each variable; a test sees to it that none is missing and none is left over. */
export const settingTexts: Record<string, SettingText> = {
  DATABASE_URL: {
    key: "databaseUrl",
    unset: "the embedded PostgreSQL",
    meaning: "The PostgreSQL to use, version 15 or newer. Unset: `start` runs a PostgreSQL 18 of its own below the data dir.",
  },
  SLUICE_DATA_DIR: { key: "dataDir", meaning: "Where the embedded database and the generated secret key lie." },
  PORT: { key: "port", meaning: "The one port: pages, API and webhooks." },
  HOST: {
    key: "host",
    meaning: "The address to listen on. The default is reachable from this machine only; `0.0.0.0` listens everywhere.",
  },
  SLUICE_BASE_URL: {
    key: "baseUrl",
    unset: "`http://localhost:` and the port",
    meaning: "What stands at the start of every link and webhook address. An origin, without a path.",
  },
  SLUICE_SECRET_KEY: {
    key: "secretKey",
    unset: "made at the first start, kept in `secret.key` in the data dir",
    meaning: "The key that seals all stored secrets. Without it they cannot be opened again by anybody.",
  },
  SLUICE_WORKERS: {
    key: "workers",
    unset: "processor cores less one, at least 1",
    meaning: "Worker processes that `start` runs on this machine; 0 for none.",
  },
  SLUICE_WORKER_CONCURRENCY: { key: "workerConcurrency", meaning: "Runs that one worker process has in progress at a time." },
  SLUICE_EGRESS_ALLOW: {
    key: "egressAllow",
    unset: "nothing",
    meaning:
      "Private addresses and unusual ports that steps may call all the same. Metadata addresses of clouds stay closed whatever stands here.",
  },
  SLUICE_MAX_BODY_BYTES: { key: "maxBodyBytes", meaning: "The largest body that webhooks and the API take." },
  SLUICE_RETENTION_DAYS: { key: "retentionDays", meaning: "How long runs, steps, attempts and payloads are kept." },
  SMTP_URL: { key: "smtpUrl", unset: "no mail", meaning: "The mail server for alerts." },
  SMTP_FROM: { key: "smtpFrom", unset: "none", meaning: "The address mails come from; needed with `SMTP_URL`." },
  OTEL_EXPORTER_OTLP_ENDPOINT: { key: "otlpEndpoint", unset: "none", meaning: "Where traces and metrics are sent." },
  LOG_LEVEL: { key: "logLevel", meaning: "The least severe log lines that are written." },
  NODE_ENV: {
    key: "nodeEnv",
    unset: "`production` for `sluice start`, `web` and `worker`",
    meaning: "In `production` a base URL that is not on this machine must be https.",
  },
};

/** What is said of a value that cannot be right: the rule it breaks, in the words of the parser. */
function rule(name: string): string {
  try {
    parseSettings({ [name]: "\u2205" });
    return "any text";
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.slice(`${name}: `.length).replace(/^must be /, "");
  }
}

function defaultOf(text: SettingText, defaults: Settings): string {
  return text.unset ?? code(String(defaults[text.key]));
}

/** The reference of all environment variables. `reserved` are those that are checked, and read by nothing yet. */
export function settingsPage(reserved: readonly string[]): string {
  const defaults = parseSettings({});
  const rows = settingNames.map((name) => {
    const text = settingTexts[name];
    if (text === undefined) throw new Error(`bin/dev/docs/settings-page.ts: ${name} has no sentence in settingTexts`);
    const note = reserved.includes(name) ? " **Checked at the start, and used by nothing in this release.**" : "";
    return [code(name), defaultOf(text, defaults), rule(name), text.meaning + note];
  });
  return page("Settings", [
    "All settings are environment variables. A variable that is set to nothing counts as unset. A value that is unsafe or cannot be read stops the start with one line that names the variable and the mend.",
    table(["variable", "when unset", "value", "meaning"], rows),
    "Three rules go beyond one variable: in production a base URL that is not on this machine must be https; the base URL must be an origin without path or query; `SMTP_URL` needs `SMTP_FROM`.",
    "Besides these, `SLUICE_CHROMIUM` names the browser for the browser tests of `npm test`.",
  ]);
}

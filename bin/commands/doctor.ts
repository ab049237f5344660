import { execFile } from "node:child_process";
import { access, mkdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { findCluster } from "#lib/db/embedded-site.ts";
import { pendingMigrations } from "#lib/db/migrate.ts";
import { readPostmaster } from "#lib/db/postmaster.ts";
import { toError } from "#lib/shared/errors.ts";
import { parseSettings, type Settings } from "#lib/shared/settings.ts";
import { type Command, type CommandInput, printResult } from "../command.ts";

interface Finding {
  check: string;
  ok: boolean;
  /** What was found. */
  detail: string;
  /** What to do about it, when it is not ok. */
  mend?: string;
}

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

export const command: Command = {
  summary: "Say what is missing on this machine, and the mend",
  usage: [""],
  async run(input) {
    const findings = await examine(input);
    const lines = findings.map(
      ({ check, ok, detail, mend }) => `${ok ? "ok  " : "FAIL"} ${check}: ${detail}${mend ? `\n     → ${mend}` : ""}`,
    );
    printResult(input, { findings }, lines.join("\n"));
    return findings.every((finding) => finding.ok) ? 0 : 1;
  },
};

async function examine(input: CommandInput): Promise<Finding[]> {
  const findings = [nodeVersion(), await builtPages(), await chromium(input.env)];
  let settings: Settings;
  try {
    settings = parseSettings({ ...input.env, NODE_ENV: input.env.NODE_ENV ?? "production" });
    findings.push({ check: "settings", ok: true, detail: `base URL ${settings.baseUrl}, ${settings.workers} worker process(es)` });
  } catch (error) {
    return [...findings, { check: "settings", ok: false, detail: toError(error).message, mend: "set the variable as it says" }];
  }
  findings.push(await dataDir(settings), await secretKey(settings), await database(settings));
  return findings;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 22 || (major === 22 && minor >= 18);
  const finding = { check: "node", ok, detail: process.version };
  return ok ? finding : { ...finding, mend: "use `npm start` and `npx sluice`, which bring their own, or install Node 24" };
}

async function builtPages(): Promise<Finding> {
  const built = await access(join(root, ".next", "BUILD_ID")).then(
    () => true,
    () => false,
  );
  return built
    ? { check: "pages", ok: true, detail: "built" }
    : { check: "pages", ok: false, detail: "not built", mend: "npm start builds them" };
}

async function chromium(env: NodeJS.ProcessEnv): Promise<Finding> {
  const candidates = [env.SLUICE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  for (const path of candidates) {
    if (path === undefined) continue;
    const version = await run(path, ["--version"]).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    );
    if (version !== null) return { check: "browser for tests", ok: true, detail: version };
  }
  return { check: "browser for tests", ok: true, detail: "none found; npm test installs one" };
}

async function dataDir(settings: Settings): Promise<Finding> {
  const check = "data dir";
  try {
    await mkdir(settings.dataDir, { recursive: true });
    const { bavail, bsize } = await statfs(settings.dataDir);
    const freeGiB = (bavail * bsize) / 2 ** 30;
    const detail = `${settings.dataDir}, ${freeGiB.toFixed(1)} GiB free`;
    return freeGiB >= 1 ? { check, ok: true, detail } : { check, ok: false, detail, mend: "free some space: 1 GiB at least" };
  } catch (error) {
    return { check, ok: false, detail: toError(error).message, mend: "set SLUICE_DATA_DIR to a folder that can be written" };
  }
}

async function secretKey(settings: Settings): Promise<Finding> {
  const check = "secret key";
  if (settings.secretKey !== null) return { check, ok: true, detail: "from SLUICE_SECRET_KEY" };
  const path = join(settings.dataDir, "secret.key");
  const found = await stat(path).catch(() => null);
  if (!found) return { check, ok: true, detail: "none yet; the first start makes one" };
  if ((found.mode & 0o077) === 0) return { check, ok: true, detail: `in ${path}: keep a copy in a safe place` };
  return { check, ok: false, detail: `${path} can be read by others`, mend: `chmod 600 ${path}` };
}

async function database(settings: Settings): Promise<Finding> {
  const check = "database";
  if (settings.databaseUrl === null) {
    const running = await readPostmaster(await findCluster(settings.dataDir));
    return {
      check,
      ok: true,
      detail: running ? `embedded PostgreSQL, runs as process ${running.pid}` : "embedded PostgreSQL, not running",
    };
  }
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 1, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => undefined);
  try {
    const { rows } = await pool.query<{ version: string }>("SHOW server_version");
    const pending = await pendingMigrations(pool);
    const detail = `PostgreSQL ${rows[0]?.version}`;
    if (pending.length > 0)
      return { check, ok: false, detail: `${detail}, ${pending.length} migration(s) missing`, mend: "npx sluice migrate" };
    return { check, ok: true, detail: `${detail}, up to date` };
  } catch (error) {
    return { check, ok: false, detail: toError(error).message, mend: "check DATABASE_URL and that the server is up" };
  } finally {
    await pool.end();
  }
}

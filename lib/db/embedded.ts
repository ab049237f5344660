import { execFile, spawn } from "node:child_process";
import { chown, type FileHandle, mkdtemp, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { loadState, prepareSite, type Site, type State, saveState } from "./embedded-site.ts";
import { askServer, freePort, isAlive, isPortTaken, isPostgres, readPostmaster, stopPostmaster } from "./postmaster.ts";

const run = promisify(execFile);

export interface EmbeddedOptions {
  dataDir: string;
  /** Trades safety for speed: for databases that tests throw away. */
  disposable?: boolean;
  log?: (message: string) => void;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  url: string;
  pid: number;
  /** Whether it ran already, left over by a supervisor that was killed. */
  adopted: boolean;
  isAlive(): Promise<boolean>;
  stop(): Promise<void>;
}

const databaseName = "sluice";
const majorVersion = "18";

/** No locale, no PG* variable of ours may reach the server. */
const bareEnvironment = { NODE_ENV: "production", TZ: "UTC" } as const;

const flags = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "256MB",
  effective_cache_size: "1GB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  wal_buffers: "16MB",
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  synchronous_commit: "on",
  random_page_cost: "1.1",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  autovacuum_naptime: "15s",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_duration_statement: "2000",
};
const disposableFlags = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", shared_buffers: "128MB" };

/**
 * Starts the embedded PostgreSQL of a data dir, or adopts the one that a killed supervisor left running there.
 * It survives us when we are killed, and comes back from its write-ahead log when it is killed itself.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const site = await prepareSite(options.dataDir, options.log);
  const state = await loadState(site);
  const left = await adoptOrStop(site, state, options);
  if (left !== null) return running(state, left, true);
  await initialize(site, state, options);
  const pid = await launch(site, state, options);
  return running(state, pid, false);
}

function serverUrl(state: State, database = databaseName): string {
  return `postgresql://sluice:${state.password}@127.0.0.1:${state.port}/${database}`;
}

function running(state: State, pid: number, adopted: boolean): EmbeddedPostgres {
  return { url: serverUrl(state), pid, adopted, isAlive: () => isAlive(pid), stop: () => stopPostmaster(pid) };
}

/** The pid of a server left over by a crash that answers with our password; one that does not is stopped. */
async function adoptOrStop(site: Site, state: State, options: EmbeddedOptions): Promise<number | null> {
  const left = await readPostmaster(site.cluster);
  if (!left || !(await isAlive(left.pid))) return null;
  if (!(await isPostgres(left.pid))) {
    // After a crash the pid went to a stranger, whom PostgreSQL would take for itself and refuse to start.
    await rm(join(site.cluster, "postmaster.pid"), { force: true });
    return null;
  }
  for (let tries = 0; left.port === state.port && tries < 60; tries++) {
    const answer = await askServer(serverUrl(state));
    if (answer === "ready") return left.pid;
    if (answer === "wrong-password" || (answer === "refused" && tries >= 10)) break;
    await sleep(500);
  }
  options.log?.(`stopping a PostgreSQL (process ${left.pid}) that was left over and does not answer`);
  await stopPostmaster(left.pid);
  return null;
}

/** Creates the cluster. Done beside its place and moved there, so that a crash half-way leaves nothing half-made. */
async function initialize(site: Site, state: State, options: EmbeddedOptions): Promise<void> {
  const version = await readFile(join(site.cluster, "PG_VERSION"), "utf8").catch(() => null);
  if (version !== null) {
    if (version.trim() === majorVersion) return;
    throw new Error(
      `${site.cluster} belongs to PostgreSQL ${version.trim()}; this is ${majorVersion}: dump it with the old one, or use another SLUICE_DATA_DIR`,
    );
  }
  options.log?.("creating the embedded database");
  const partial = `${site.cluster}.new`;
  await rm(partial, { recursive: true, force: true });
  const secretDir = await mkdtemp(join(site.cluster, "..", "init-"));
  const passwordFile = join(secretDir, "password");
  await writeFile(passwordFile, state.password, { mode: 0o600 });
  if (site.user) {
    await chown(secretDir, site.user.uid, site.user.gid);
    await chown(passwordFile, site.user.uid, site.user.gid);
  }
  try {
    const args = [
      "-D",
      partial,
      "-U",
      "sluice",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--no-instructions",
    ];
    args.push("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums");
    await run(site.binaries.initdb, options.disposable ? [...args, "--no-sync"] : args, {
      cwd: "/",
      ...identity(site),
      env: bareEnvironment,
    });
    await rename(partial, site.cluster);
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}

function identity(site: Site): { uid?: number; gid?: number } {
  return site.user ? { uid: site.user.uid, gid: site.user.gid } : {};
}

function logPath(site: Site): string {
  return join(site.folder, "postgres.log");
}

async function openLog(site: Site): Promise<FileHandle> {
  const path = logPath(site);
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > 10 * 1024 * 1024) await rename(path, `${path}.1`);
  return open(path, "a", 0o600);
}

/** Starts the server. After its postmaster was killed the other processes of the old one need a moment to notice. */
async function launch(site: Site, state: State, options: EmbeddedOptions): Promise<number> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    if (await isPortTaken(state.port)) {
      state.port = await freePort();
      await saveState(site, state);
    }
    const child = await spawnServer(site, state, options);
    const outcome = await untilReady(state, child);
    if (outcome === "ready") {
      await ensureDatabase(state);
      return child.pid;
    }
    if (child.ended() === null) await stopPostmaster(child.pid);
    if (outcome !== "ended" || Date.now() > deadline) {
      throw new Error(`the embedded PostgreSQL did not start: ${outcome === "ended" ? child.ended() : outcome}; see ${logPath(site)}`);
    }
    await sleep(250);
  }
}

interface ServerProcess {
  pid: number;
  /** Why it is gone; null while it runs. */
  ended(): string | null;
}

/** Detached: a Ctrl-C in the terminal must reach the supervisor alone, who drains before the database stops. */
async function spawnServer(site: Site, state: State, options: EmbeddedOptions): Promise<ServerProcess> {
  const log = await openLog(site);
  const settings = { ...flags, ...(options.disposable ? disposableFlags : {}), port: String(state.port) };
  const args = ["-D", site.cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const stdio: ["ignore", number, number] = ["ignore", log.fd, log.fd];
  const child = spawn(site.binaries.postgres, args, { ...identity(site), cwd: "/", detached: true, stdio, env: bareEnvironment });
  let ended: string | null = null;
  child.once("exit", (code, signal) => {
    ended = `it ended with ${signal ?? code}`;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  }).finally(() => log.close());
  child.unref();
  if (child.pid === undefined) throw new Error("the embedded PostgreSQL has no process");
  return { pid: child.pid, ended: () => ended };
}

/** `ready`, `ended`, or what is wrong. */
async function untilReady(state: State, child: ServerProcess): Promise<string> {
  // Recovery after a crash replays up to max_wal_size; it answers "starting" meanwhile.
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    if (child.ended() !== null) return "ended";
    const answer = await askServer(serverUrl(state, "postgres"));
    if (answer === "ready") return "ready";
    if (answer === "wrong-password") return "its password is not the one in embedded.json";
    await sleep(50);
  }
  return "it does not answer";
}

async function ensureDatabase(state: State): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl(state, "postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

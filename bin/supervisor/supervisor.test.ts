import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { freePort, isAlive, readPostmaster, stopPostmaster } from "#lib/db/postmaster.ts";

const script = join(import.meta.dirname, "testing", "run.ts");
const outcome = z.object({ url: z.string(), setupUrl: z.string().nullable(), error: z.string() }).partial();
const patience = { timeout: 20_000, interval: 50 };

let dataDir: string;
let port: number;
const children: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sluice-supervisor-"));
  await chmod(dataDir, 0o755);
  port = await freePort();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  const postmaster = await readPostmaster(clusterPath());
  if (postmaster) await stopPostmaster(postmaster.pid);
  await rm(dataDir, { recursive: true, force: true });
});

function clusterPath(): string {
  return join(dataDir, "postgres", "own", "cluster");
}

interface Running {
  child: ChildProcess;
  outcome: z.infer<typeof outcome>;
  ended: Promise<number | null>;
}

/** Starts a supervisor and waits for what it prints: its address or its error. */
async function start(settings: Record<string, string> = {}): Promise<Running> {
  const env = { ...process.env, SLUICE_DATA_DIR: dataDir, PORT: String(port), SLUICE_WORKERS: "1", LOG_LEVEL: "silent", ...settings };
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) return { child, outcome: outcome.parse(JSON.parse(line)), ended };
  throw new Error("the supervisor ended without a word");
}

async function webPid(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
  return z.object({ pid: z.number() }).parse(await response?.json()).pid;
}

async function workers(): Promise<{ pid: number; stopped: boolean }[]> {
  const state = z
    .object({ password: z.string(), port: z.number() })
    .parse(JSON.parse(await readFile(join(dataDir, "postgres", "embedded.json"), "utf8")));
  const client = new pg.Client({ connectionString: `postgresql://sluice:${state.password}@127.0.0.1:${state.port}/sluice` });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query("SELECT pid, stopped_at IS NOT NULL AS stopped FROM worker ORDER BY id")).rows;
  } finally {
    await client.end();
  }
}

test("start brings everything up, prints a set-up link, and SIGTERM takes everything down", async () => {
  const running = await start();
  expect(running.outcome.url).toBe(`http://localhost:${port}`);
  expect(running.outcome.setupUrl).toMatch(new RegExp(`^http://localhost:${port}/setup\\?token=[\\w-]{32}$`));
  const web = await webPid();
  await vi.waitFor(async () => expect(await workers()).toHaveLength(1), patience);
  const postmaster = await readPostmaster(clusterPath());

  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
  expect(await isAlive(web)).toBe(false);
  // On a busy machine the system may still be taking the process apart when its parent has ended.
  await vi.waitFor(async () => expect(postmaster && (await isAlive(postmaster.pid))).toBe(false), { timeout: 10_000, interval: 20 });
});

test("a killed web process is started again", async () => {
  await start();
  const before = await webPid();
  process.kill(before, "SIGKILL");
  await vi.waitFor(async () => expect(await webPid()).not.toBe(before), patience);
});

test("a killed worker is started again, and its claims are released at once", async () => {
  await start();
  await vi.waitFor(async () => expect(await workers()).toHaveLength(1), patience);
  const before = (await workers())[0]?.pid ?? 0;
  process.kill(before, "SIGKILL");
  await vi.waitFor(async () => expect((await workers()).map((worker) => worker.stopped)).toEqual([true, false]), patience);
});

test("a killed database comes back, and web and workers stay", async () => {
  await start();
  const web = await webPid();
  const before = await readPostmaster(clusterPath());
  process.kill(before?.pid ?? 0, "SIGKILL");
  await vi.waitFor(async () => expect(await workers()).toHaveLength(1), patience);
  expect((await readPostmaster(clusterPath()))?.pid).not.toBe(before?.pid);
  expect(await webPid()).toBe(web);
});

test("after a kill -9 of the supervisor its children end, and the next start takes over", async () => {
  const first = await start();
  await vi.waitFor(async () => expect(await workers()).toHaveLength(1), patience);
  const orphans = [await webPid(), (await workers())[0]?.pid ?? 0];
  first.child.kill("SIGKILL");
  await vi.waitFor(async () => expect(await Promise.all(orphans.map(isAlive))).toEqual([false, false]), patience);

  const second = await start();
  expect(second.outcome.error).toBeUndefined();
  expect(second.outcome.setupUrl).not.toBe(first.outcome.setupUrl);
  await vi.waitFor(async () => expect((await workers()).map((worker) => worker.stopped)).toEqual([true, false]), patience);
});

test("a kill -9 of everything, the database too, is survived", async () => {
  const first = await start();
  const web = await webPid();
  const postmaster = await readPostmaster(clusterPath());
  for (const pid of [first.child.pid, web, postmaster?.pid]) process.kill(pid ?? 0, "SIGKILL");
  const second = await start();
  expect(second.outcome.error).toBeUndefined();
  expect(await webPid()).not.toBe(web);
});

test("a second start on the same data dir is refused by name, and the first goes on", async () => {
  const first = await start();
  const web = await webPid();
  const second = await start({ PORT: String(await freePort()) });
  expect(second.outcome.error).toBe(
    `Sluice runs already on ${dataDir} (process ${first.child.pid}): stop it, or give this one another SLUICE_DATA_DIR`,
  );
  expect(await second.ended).toBe(1);
  expect(await webPid()).toBe(web);
});

test("SIGTERM in the middle of a start leaves nothing running", async () => {
  const env = { ...process.env, SLUICE_DATA_DIR: dataDir, PORT: String(port), SLUICE_WORKERS: "1", LOG_LEVEL: "silent" };
  const child = spawn(process.execPath, [script], { env, stdio: "ignore" });
  children.push(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await vi.waitFor(async () => expect(await readPostmaster(clusterPath())).not.toBeNull(), { timeout: 20_000, interval: 5 });
  const postmaster = await readPostmaster(clusterPath());
  child.kill("SIGTERM");
  await ended;
  // On a busy machine the system may still be taking the process apart when its parent has ended.
  await vi.waitFor(async () => expect(postmaster && (await isAlive(postmaster.pid))).toBe(false), { timeout: 10_000, interval: 20 });
});

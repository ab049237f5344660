import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/shared/json.ts";

/** A whole Sluice of its own, started as a user starts it, on a free port with a data dir that goes with it. */
export interface Instance {
  url: string;
  pid: number;
  dataDir: string;
  /** Calls /api/v1 with a token that may do everything. Throws on any answer that is not 2xx. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

export interface InstanceOptions {
  env?: Record<string, string>;
  /** Lines of the instance's own log; default: dropped. */
  onLog?: (line: string) => void;
}

const startMs = 90_000;

/** Starts an instance, creates its first account through the one-time link, and a token. */
export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), "sluice-instance-"));
  const url = `http://localhost:${port}`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    PORT: String(port),
    SLUICE_DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
    ...options.env,
  };
  const child = spawn(process.execPath, ["bin/sluice.ts", "start"], { env, stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.on("data", (chunk: Buffer) => options.onLog?.(chunk.toString()));
  const stop = async () => {
    await end(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const printed = await untilReady(child);
    const token = await setUp(url, printed);
    return { url, pid: child.pid ?? 0, dataDir, stop, api: (method, path, body) => call(url, token, method, path, body) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(child: ChildProcess): Promise<string> {
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Sluice was not ready after ${startMs} ms: ${printed}`)), startMs);
    child.on("exit", (code) => reject(new Error(`Sluice ended with ${code}: ${printed}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes("Sluice is ready at")) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return printed;
}

/** Follows the set-up link as its page does, then makes a token. */
async function setUp(url: string, printed: string): Promise<string> {
  const setupToken = /\/setup\?token=([\w-]+)/.exec(printed)?.[1];
  if (!setupToken) throw new Error(`no set-up link was printed: ${printed}`);
  const account = { token: setupToken, name: "Owner", email: "owner@example.com", password: "correct horse battery" };
  const created = await fetch(`${url}/api/v1/setup`, post(url, account));
  if (!created.ok) throw new Error(`set-up answered ${created.status}: ${await created.text()}`);
  const cookie = created.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const answer = await fetch(`${url}/api/v1/tokens`, post(url, { name: "bench", scopes: ["all"] }, { cookie }));
  if (!answer.ok) throw new Error(`creating a token answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

function post(origin: string, body: object, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", origin, ...headers }, body: JSON.stringify(body) };
}

async function call<T>(url: string, token: string, method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

/** Publishes a workflow with one webhook and tells its URL. */
export async function publishWorkflow(
  instance: Instance,
  name: string,
  document: JsonObject,
): Promise<{ workflowId: string; hookUrl: string }> {
  const created = await instance.api<{ id: string }>("POST", "/workflows", { name, document });
  const published = await instance.api<{ triggers: { url: string | null }[] }>("POST", `/workflows/${created.id}/publish`, {});
  const hookUrl = published.triggers.find((trigger) => trigger.url !== null)?.url;
  if (!hookUrl) throw new Error(`workflow ${name} has no webhook`);
  return { workflowId: created.id, hookUrl };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 40_000);
  await exited;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

import { startServer } from "#e2e/fixtures/server.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** A whole Sluice of its own, set up and ready for its API. */
export interface Instance {
  url: string;
  pid: number;
  dataDir: string;
  /** Calls /api/v1 with a token that may do everything. Throws on any answer that is not 2xx. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

/** The first account of every instance made here. */
export const owner = { name: "Owner", email: "owner@example.com", password: "correct horse battery" };

/** Starts an instance with these settings, creates its first account through the one-time link, and a token. */
export async function startInstance(settings: Record<string, string> = {}): Promise<Instance> {
  const server = await startServer(settings);
  const { baseUrl: url, dataDir, stop } = server;
  try {
    const token = await setUp(url, server.setupUrl);
    return { url, pid: server.process.pid ?? 0, dataDir, stop, api: (method, path, body) => call(url, token, method, path, body) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Follows the set-up link as its page does, then makes a token. */
async function setUp(url: string, setupUrl: string): Promise<string> {
  const setupToken = new URL(setupUrl).searchParams.get("token");
  const created = await fetch(`${url}/api/v1/setup`, post(url, { token: setupToken, ...owner }));
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

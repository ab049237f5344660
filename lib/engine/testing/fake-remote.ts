import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { Effect, HttpAnswer, Reaction, ReceivedCall, RemoteAnswer, Script } from "./call.ts";
import { answerOf, done, markerOf } from "./reactions.ts";

interface PathOptions {
  /** As Stripe: a repeat under a known key does nothing and gets the stored answer, errors too; a repeat while the first runs gets 409. */
  recognizesKeys: boolean;
}

/**
 * A remote service that keeps a ledger of what it was asked and of what it did, on a real socket. Every path does as asked until
 * it is scripted otherwise. By itself it knows: PUT and DELETE set a state, and doing so again changes nothing; GET does nothing;
 * `GET <path>/search?marker=…` finds what was made under the marker, after `indexLagMs`; `POST /jobs` answers 202 and is done
 * after `jobMs`, which `GET /jobs/<id>` tells and `callbackUrl` in its body is called about.
 */
export class FakeRemote {
  readonly receipts: ReceivedCall[] = [];
  readonly effects: Effect[] = [];
  indexLagMs = 0;
  jobMs = 0;
  readonly #scripts = new Map<string, Script>();
  readonly #options = new Map<string, PathOptions>();
  readonly #states = new Map<string, string>();
  readonly #stored = new Map<string, HttpAnswer | "running">();
  readonly #jobs = new Map<string, number>();
  /** Jobs by the keys they were submitted under. */
  readonly #submitted = new Map<string, string>();
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => void this.#serve(request, response).catch(() => response.destroy()));
  }

  static async start(): Promise<FakeRemote> {
    const server = createServer({ keepAliveTimeout: 30_000 });
    const remote = new FakeRemote(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return remote;
  }

  get port(): number {
    const { port } = this.#server.address() as AddressInfo; // safe because the server listens on TCP
    return port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  script(path: string, script: Script, options: Partial<PathOptions> = {}): void {
    this.#scripts.set(path, script);
    this.#options.set(path, { recognizesKeys: true, ...options });
  }

  receiptsOf(path: string): ReceivedCall[] {
    return this.receipts.filter((call) => call.path === path);
  }

  effectsOf(path: string): Effect[] {
    return this.effects.filter((effect) => effect.path === path);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await this.#receive(request);
    if (call.method === "GET" && call.path.endsWith("/search")) return reply(response, this.#search(call));
    if (call.path.startsWith("/jobs")) return reply(response, this.#job(call));
    const storedUnder = this.#options.get(call.path)?.recognizesKeys !== false && call.key ? `${call.path} ${call.key}` : null;
    const stored = storedUnder === null ? undefined : this.#stored.get(storedUnder);
    if (stored === "running") return reply(response, { status: 409, body: { error: "a call under this key is in progress" } });
    if (stored) return reply(response, { ...stored, headers: { ...stored.headers, "idempotent-replayed": "true" } });
    if (storedUnder) this.#stored.set(storedUnder, "running");
    const reaction = await this.#reactionTo(call);
    this.#applyBy(reaction, call, request);
    const answer = answerOf(reaction, call, { id: `made-${this.effects.length}`, marker: identityOf(call), nth: call.nth });
    if (storedUnder) this.#remember(storedUnder, reaction, answer);
    if (reaction.answerAfterMs) await this.#wait(reaction.answerAfterMs);
    if (answer === "drop") response.destroy();
    else if (answer !== "silence") reply(response, answer);
  }

  /** What was done is stored as done, whatever the caller got to see; a refusal that did nothing frees the key. */
  #remember(storedUnder: string, reaction: Reaction, answer: RemoteAnswer): void {
    if (reaction.apply === "never") this.#stored.delete(storedUnder);
    else if (reaction.apply === "now") {
      this.#stored.set(storedUnder, typeof answer === "string" ? { status: 200, body: { id: `made-${this.effects.length}` } } : answer);
    }
  }

  async #receive(request: IncomingMessage): Promise<ReceivedCall> {
    const atMs = performance.timeOrigin + performance.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", this.url);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const nth = this.receiptsOf(url.pathname).length + 1;
    const key = headers["idempotency-key"] ?? null;
    const call = { nth, method: request.method ?? "GET", url, path: url.pathname, headers, key, body: parsed(text), text, atMs };
    this.receipts.push(call);
    return call;
  }

  async #reactionTo(call: ReceivedCall): Promise<Reaction> {
    const script = this.#scripts.get(call.path) ?? done();
    if (typeof script === "function") return script(call);
    return Array.isArray(script) ? (script[Math.min(call.nth, script.length) - 1] ?? done()) : script;
  }

  #applyBy(reaction: Reaction, call: ReceivedCall, request: IncomingMessage): void {
    if (reaction.apply === "now") this.#apply(reaction, call);
    if (reaction.apply !== "after-abort") return;
    request.socket.once("close", () => void this.#wait(reaction.applyAfterMs ?? 0).then(() => this.#apply(reaction, call)));
  }

  #apply(reaction: Reaction, call: ReceivedCall): void {
    if (call.method === "GET" || call.method === "HEAD") return;
    const atMs = performance.timeOrigin + performance.now();
    if (call.method === "PUT" || call.method === "DELETE") {
      const state = `${call.method} ${call.text}`;
      if (this.#states.get(call.url.href) === state) return;
      this.#states.set(call.url.href, state);
    }
    for (const identity of reaction.identities?.(call) ?? [identityOf(call)]) {
      this.effects.push({ path: call.path, identity, key: call.key, atMs, body: call.body });
    }
  }

  #search(call: ReceivedCall): HttpAnswer {
    const path = call.path.slice(0, -"/search".length);
    const known = performance.timeOrigin + performance.now() - this.indexLagMs;
    const found = this.effectsOf(path).filter((effect) => effect.identity === markerOf(call) && effect.atMs <= known);
    return {
      status: 200,
      body: { items: found.map((effect) => ({ id: `made-${this.effects.indexOf(effect) + 1}`, marker: effect.identity })) },
    };
  }

  #job(call: ReceivedCall): HttpAnswer {
    if (call.method === "POST") {
      const known = call.key === null ? undefined : this.#submitted.get(call.key);
      if (known !== undefined) return { status: 202, body: { id: known, status: "running" } };
      const id = `job-${this.#jobs.size + 1}`;
      if (call.key !== null) this.#submitted.set(call.key, id);
      this.#jobs.set(id, call.atMs + this.jobMs);
      this.effects.push({ path: call.path, identity: identityOf(call), key: call.key, atMs: call.atMs, body: call.body });
      const callbackUrl = isJsonObject(call.body) && typeof call.body.callbackUrl === "string" ? call.body.callbackUrl : null;
      const callback = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id, status: "done" }) };
      if (callbackUrl) void this.#wait(this.jobMs).then(() => fetch(callbackUrl, callback).catch(() => undefined));
      return { status: 202, body: { id, status: "running" } };
    }
    const id = call.path.slice("/jobs/".length);
    const readyAtMs = this.#jobs.get(id);
    if (readyAtMs === undefined) return { status: 404, body: { error: "no such job" } };
    return { status: 200, body: { id, status: call.atMs >= readyAtMs ? "done" : "running" } };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }
}

/** What a call is about, so that a second effect of it can be told: its key, or the marker its author put into it. */
function identityOf(call: ReceivedCall): string {
  const body = isJsonObject(call.body) ? call.body : {};
  return String(body.marker ?? body.id ?? call.key ?? `call ${call.nth}`);
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue; // safe because JSON.parse gives nothing else
  } catch {
    return text === "" ? null : text;
  }
}

function reply(response: ServerResponse, answer: HttpAnswer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body ?? null));
}

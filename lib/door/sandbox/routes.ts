import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type pg from "pg";
import { BodyError, readRawBody } from "#lib/door/raw-body.ts";
import { toError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import type { LimitState } from "./decide-call.ts";
import { type Effect, type Outcome, type SandboxCall, SandboxLedger } from "./sandbox-ledger.ts";

const maxBodyBytes = 1_048_576;
/** Of a body, for people to read. */
const keptBodyLength = 65_536;
const maxKeyLength = 255;
const logger = createLogger({ name: "sandbox" });

/**
 * The built-in remote, to be mounted at `/sandbox`: what a person tries a workflow against, and what tests count effects
 * with. `/sandbox/<name>/<anything>` behaves as the target of that name was told to.
 */
export function sandboxRoutes({ pool }: { pool: pg.Pool }): Hono<{ Bindings: HttpBindings }> {
  const ledger = new SandboxLedger(pool);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.on("ALL", ["/:name", "/:name/*"], (c) => serve(ledger, c.req.param("name"), c.env.incoming).catch(asProblem));
  return app;
}

async function serve(ledger: SandboxLedger, name: string, incoming: IncomingMessage): Promise<Response> {
  const body = (await readRawBody(incoming, maxBodyBytes)).toString("utf8");
  const idempotencyKey = keyOf(incoming);
  if (idempotencyKey !== null && idempotencyKey.length > maxKeyLength)
    return problem(400, "malformed", `a key may have ${maxKeyLength} characters`);
  const call: SandboxCall = {
    name,
    method: incoming.method ?? "GET",
    path: (incoming.url ?? "").slice(0, 2_000),
    idempotencyKey,
    body: body === "" ? null : storable(body.slice(0, keptBodyLength)),
    waited: false,
  };
  let outcome = await ledger.take(call);
  if (outcome?.decision.do === "wait") {
    // The work is done after the wait even if the caller has gone, as a slow service would.
    await wait(outcome.decision.delayMs);
    outcome = await ledger.take({ ...call, waited: true });
  }
  if (outcome === null) return problem(404, "not_found", `there is no sandbox target ${name}`);
  return answer(call, outcome, incoming, body);
}

function answer(call: SandboxCall, outcome: Outcome, incoming: IncomingMessage, body: string): Response {
  const { decision, effect, replay } = outcome;
  switch (decision.do) {
    case "fail":
      return problem(decision.status, "sandbox_failure", "this sandbox target fails as it was told to");
    case "limit":
      return problem(429, "rate_limited", `this sandbox target takes ${decision.limit.limit} calls in ${decision.limit.perMs} ms`, {
        "retry-after": String(Math.ceil(decision.limit.resetMs / 1_000)),
        ...limitHeaders(decision.limit),
      });
    case "echo":
      return json(200, { target: call.name, method: call.method, path: call.path, headers: incoming.headers, body: readable(body) });
    case "wait":
      throw new Error("a call that has waited waits again");
    case "apply":
      // The key was given so that a lost answer can be asked for again, and then it is given.
      if (decision.drop && effect !== null && !replay) return drop(incoming);
      return applied(call, effect, {
        ...(replay ? { "idempotent-replay": "true" } : {}),
        ...(decision.limit ? limitHeaders(decision.limit) : {}),
      });
  }
}

/** The same answer for every repeat of a key, made of what was stored when it was applied. */
function applied(call: SandboxCall, effect: Effect | null, headers: Record<string, string>): Response {
  if (effect === null) return json(200, { target: call.name, method: call.method, path: call.path }, headers);
  return json(effect.method === "POST" ? 201 : 200, { target: call.name, ...effect }, headers);
}

function drop(incoming: IncomingMessage): Response {
  incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** As sent, or as the quoted string of the IETF draft. */
function keyOf(incoming: IncomingMessage): string | null {
  const header = incoming.headers["idempotency-key"];
  const text = typeof header === "string" ? header.trim() : "";
  const key = /^"(.*)"$/.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, "$1") ?? text;
  return key === "" ? null : key;
}

/** PostgreSQL's text refuses NUL. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}

function readable(body: string): unknown {
  try {
    return body === "" ? null : JSON.parse(body);
  } catch {
    return body;
  }
}

function limitHeaders(state: LimitState): Record<string, string> {
  return {
    ratelimit: `"default";r=${state.remaining};t=${Math.ceil(state.resetMs / 1_000)}`,
    "ratelimit-policy": `"default";q=${state.limit};w=${Math.ceil(state.perMs / 1_000)}`,
  };
}

function json(status: number, value: object, headers: Record<string, string> = {}): Response {
  // What is echoed came from outside: a browser must not take it for a page of ours.
  const safe = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
  };
  return new Response(JSON.stringify(value), { status, headers: { ...safe, ...headers } });
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  const title = code.replaceAll("_", " ");
  const value = { type: `urn:sluice:problem:${code}`, title, status, code, detail, requestId: newId() };
  return json(status, value, { "content-type": "application/problem+json", ...headers });
}

function asProblem(thrown: unknown): Response {
  if (thrown instanceof BodyError)
    return problem(thrown.kind === "too_large" ? 413 : 408, "payload_too_large", thrown.message, { connection: "close" });
  logger.error({ err: toError(thrown) }, "a sandbox call failed");
  return problem(503, "unavailable", "the call could not be handled", { "retry-after": "1" });
}

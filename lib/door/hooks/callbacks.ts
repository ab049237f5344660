import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type pg from "pg";
import { readRawBody } from "#lib/door/raw-body.ts";
import { putSignal } from "#lib/engine/ledger/signals.ts";
import { Masker } from "#lib/outbound/mask.ts";
import type { CallbackLinks, LinkedStep } from "#lib/secrets/callback-links.ts";
import { toError } from "#lib/shared/errors.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { type ParsedBody, parseBody } from "./parse-body.ts";
import { RateLimiter } from "./rate-limit.ts";
import { refuseBody, within } from "./receive.ts";
import { HookRefusal, notFound, toJson, toProblem, unavailable } from "./refusal.ts";

export interface CallbackDependencies {
  pool: pg.Pool;
  links: Pick<CallbackLinks, "read">;
  maxBodyBytes: number;
}

const storeWithinMs = 1_900;
/** A link is used once. Whoever calls it more often than this is told to slow down, and nothing is lost by it. */
const rate = { limit: 20, perMs: 60_000 };
const masker = new Masker();
const logger = createLogger({ name: "callbacks" });

/**
 * The links that complete steps, to be mounted at `/callbacks`. Only POST does anything: programs that look at every link
 * they are sent (previews in chats, scanners of mails) look with GET, and are shown nothing.
 */
export function callbackRoutes(d: CallbackDependencies): Hono<{ Bindings: HttpBindings }> {
  const limiter = new RateLimiter();
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post("/:token", (c) => receiveCallback(d, limiter, c.req.param("token"), c.env.incoming).catch(asProblem));
  app.all("/*", () => toProblem(new HookRefusal("method_not_allowed", "this address takes POST", { headers: { allow: "POST" } })));
  return app;
}

/** Resolves when the answer is committed, or was before. What is not a link of ours costs no look at the database. */
async function receiveCallback(d: CallbackDependencies, limiter: RateLimiter, token: string, incoming: IncomingMessage): Promise<Response> {
  const step = d.links.read(token);
  if (step === null) throw notFound;
  const taken = limiter.take(token, rate, performance.now());
  if (!taken.taken) throw tooOften(taken.retryAfterMs);
  const bytes = await readRawBody(incoming, d.maxBodyBytes).catch(refuseBody);
  const body = parseBody(incoming.headers, bytes);
  return within(storeWithinMs, store(d, step, payloadText(incoming, body)));
}

async function store(d: CallbackDependencies, step: LinkedStep, payload: string): Promise<Response> {
  const put = await putSignal(d.pool, { ...step, kind: "callback", payload, sentBy: null });
  if (put === "unknown") throw notFound;
  if (put === "over") throw new HookRefusal("over", "nothing waits for this call any more");
  // Whoever is second is told the same: it cannot know whether its first try came through.
  return toJson(200, { status: "received" });
}

/** What the step will see. The body stands as it came. */
function payloadText(incoming: IncomingMessage, body: ParsedBody): string {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return `{"headers":${JSON.stringify(masker.headers(flat))},"body":${body.text}}`;
}

function tooOften(retryAfterMs: number): HookRefusal {
  const seconds = String(Math.ceil(retryAfterMs / 1_000));
  return new HookRefusal("rate_limited", `this address takes ${rate.limit} calls in ${rate.perMs} ms`, {
    headers: { "retry-after": seconds },
  });
}

function asProblem(thrown: unknown): Response {
  if (thrown instanceof HookRefusal) return toProblem(thrown);
  logger.error({ err: toError(thrown) }, "a call back failed");
  return toProblem(unavailable("the call could not be handled: call again"));
}

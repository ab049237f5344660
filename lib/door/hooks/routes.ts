import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type pg from "pg";
import type { Accepted, Intake } from "#lib/engine/ledger/intake.ts";
import type { RunAnswer, RunListener } from "#lib/engine/ledger/run-listener.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import { toError } from "#lib/shared/errors.ts";
import type { Settings } from "#lib/shared/settings.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { acknowledge, answerOf } from "./answers.ts";
import { type HookTrigger, HookTriggers } from "./hook-triggers.ts";
import { RateLimiter } from "./rate-limit.ts";
import { type ReceiveDependencies, receive, within } from "./receive.ts";
import { HookRefusal, notFound, toProblem, unavailable } from "./refusal.ts";
import { Rejections } from "./rejections.ts";
import { hasRunOfItsOwn, runStatus } from "./run-status.ts";

export interface HooksDependencies {
  pool: pg.Pool;
  intake: Pick<Intake, "accept" | "reject">;
  listener: Pick<RunListener, "answer" | "look">;
  secrets: Pick<Secrets, "decryptForVerification">;
  settings: Pick<Settings, "baseUrl" | "maxBodyBytes">;
}

/** A sender is told within two seconds that nothing could be stored. */
const storeWithinMs = 1_900;
const logger = createLogger({ name: "hooks" });

/** The addresses other systems deliver to, to be mounted at `/hooks`. Runs on Node's own requests. */
export function hooksRoutes(d: HooksDependencies): Hono<{ Bindings: HttpBindings }> {
  const triggers = new HookTriggers(d.pool);
  const rejections = new Rejections(d.intake);
  const receiving: ReceiveDependencies = {
    intake: d.intake,
    secrets: d.secrets,
    limiter: new RateLimiter(),
    maxBodyBytes: d.settings.maxBodyBytes,
    storeWithinMs,
  };
  const find = async (token: string): Promise<HookTrigger> => {
    const trigger = await within(storeWithinMs, triggers.find(token));
    if (trigger === null) throw notFound;
    return trigger;
  };

  /** What the workflow answers; null when it does not in time, or not to this sender. */
  const answerFor = async (accepted: Accepted, timeoutMs: number): Promise<RunAnswer | null> => {
    if (accepted.dropped !== undefined) return null;
    if (!accepted.duplicate) return d.listener.answer(accepted.runId, timeoutMs);
    // The run of a duplicate may have ended long ago: it is looked at, not only listened to.
    return (await hasRunOfItsOwn(d.pool, accepted.eventId)) ? d.listener.look(accepted.runId, timeoutMs) : null;
  };

  const deliver = async (token: string, incoming: IncomingMessage): Promise<Response> => {
    const trigger = await find(token);
    try {
      const accepted = await receive(receiving, trigger, incoming);
      const result = trigger.config.response.mode === "wait" ? await answerFor(accepted, trigger.config.response.timeoutMs) : null;
      if (result !== null) return answerOf(accepted.runId, result, accepted.duplicate);
      return acknowledge(trigger, token, accepted, d.settings.baseUrl);
    } catch (thrown) {
      if (thrown instanceof HookRefusal && thrown.name !== "unavailable") rejections.record(trigger, thrown, incoming);
      throw thrown;
    }
  };

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.all("/:token", (c) => deliver(c.req.param("token"), c.env.incoming).catch(asProblem));
  app.get("/:token/runs/:runId", (c) => {
    const given = { key: c.req.query("key"), authorization: c.req.header("authorization") };
    const answer = find(c.req.param("token")).then((trigger) => runStatus(d.pool, trigger, c.req.param("runId"), given));
    return within(storeWithinMs, answer).catch(asProblem);
  });
  return app;
}

/** Only a refusal says why. Anything else is our fault: logged, and the sender keeps its delivery. */
function asProblem(thrown: unknown): Response {
  if (thrown instanceof HookRefusal) return toProblem(thrown);
  logger.error({ err: toError(thrown) }, "a delivery failed");
  return toProblem(unavailable("the delivery could not be handled: send it again"));
}

import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { BodyError, readRawBody } from "#lib/door/raw-body.ts";
import type { Accepted, Intake } from "#lib/engine/ledger/intake.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import { takesCanary } from "#lib/policies/rollout.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import { AppError, toError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { deliveryIdOf, type HeldSecrets, refuseDelivery } from "#lib/triggers/webhook/verify.ts";
import type { HookTrigger } from "./hook-triggers.ts";
import { parseBody } from "./parse-body.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { HookRefusal, unavailable } from "./refusal.ts";
import { type DeliveryParts, keyText, triggerText, triggerValue } from "./trigger-data.ts";

export interface ReceiveDependencies {
  intake: Pick<Intake, "accept">;
  secrets: Pick<Secrets, "decryptForVerification">;
  limiter: RateLimiter;
  maxBodyBytes: number;
  /** How long the database may take before the sender is told to come back. */
  storeWithinMs: number;
}

const anyMethods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const noSecrets: HeldSecrets = { plain: {}, secrets: [] };
/** Web processes share their one thread: a key over a large body must not hold up all other deliveries. */
const maxKeySteps = 100_000;
const maxKeyLength = 255;
const logger = createLogger({ name: "hooks" });

/**
 * Takes one delivery: limits, then its signature over the raw bytes, then its content, then its duplicate key, then the
 * store. Resolves only when the event is committed; throws a HookRefusal for every other end.
 */
export async function receive(d: ReceiveDependencies, trigger: HookTrigger, incoming: IncomingMessage): Promise<Accepted> {
  const method = incoming.method ?? "";
  admit(d, trigger, method);
  const bytes = await readRawBody(incoming, d.maxBodyBytes).catch(refuseBody);
  const receivedAtMs = Date.now();
  const { config } = trigger;
  const { headers } = incoming;
  const refusal = refuseDelivery(config.verification, await heldSecrets(d, trigger), { headers, body: bytes, nowMs: receivedAtMs });
  if (refusal !== null) throw new HookRefusal("not_verified", "the delivery could not be verified", { reason: refusal });
  const body = parseBody(headers, bytes);
  const deliveryId = deliveryIdOf(config.verification, headers, body.value);
  const parts: DeliveryParts = { config, method, url: incoming.url ?? "", headers, body, deliveryId, receivedAtMs };
  const key = dedupeKey(parts);
  const { documentId, version, settings } = versionFor(trigger, key);
  const arriving = { settings, trigger: () => triggerValue(parts), mode: "live", now: receivedAtMs } as const;
  const acceptance = {
    workspaceId: trigger.workspaceId,
    workflowId: trigger.workflowId,
    documentId,
    version,
    mode: "live",
    triggerId: trigger.id,
    triggerType: "webhook",
    triggerNodeId: trigger.nodeId,
    data: triggerText(parts),
    dedupe: key === null ? null : { key, bodyHash: hash("sha256", bytes, "buffer"), ttlMs: config.dedupe.ttlMs },
    runDeadlineMs: settings.runDeadlineMs,
    replayOf: null,
    priority: 0,
    gate: gateOf(arriving),
    attributes: attributesOf(arriving),
    arrival: arrivalOf(arriving),
  } as const;
  return within(d.storeWithinMs, d.intake.accept(acceptance));
}

/** The version that takes the delivery. One without a key is an event of its own, and falls to either by chance. */
function versionFor(trigger: HookTrigger, key: string | null): Pick<HookTrigger, "documentId" | "version" | "settings"> {
  const { workflowId, canary } = trigger;
  if (canary === null || !takesCanary({ workflowId, key: key ?? newId(), percent: canary.percent })) return trigger;
  return canary;
}

/** What is refused without looking at the body. */
function admit(d: ReceiveDependencies, trigger: HookTrigger, method: string): void {
  const { config } = trigger;
  const allowed = config.method === "ANY" ? anyMethods : [config.method];
  if (!allowed.includes(method)) {
    throw new HookRefusal("method_not_allowed", `this address takes ${allowed.join(", ")}`, { headers: { allow: allowed.join(", ") } });
  }
  if (trigger.paused) throw new HookRefusal("paused", "the workflow is paused: send again later", { headers: { "retry-after": "60" } });
  if (config.rateLimit === undefined) return;
  const token = d.limiter.take(trigger.id, config.rateLimit, performance.now());
  if (!token.taken) throw rateLimited(config.rateLimit, token.retryAfterMs);
}

/** As a refusal: why the body was not read. */
export function refuseBody(thrown: unknown): never {
  if (!(thrown instanceof BodyError)) throw thrown;
  if (thrown.kind === "aborted") throw new HookRefusal("malformed", thrown.message);
  throw new HookRefusal(thrown.kind === "timeout" ? "body_timeout" : "body_too_large", thrown.message, {
    headers: { connection: "close" },
  });
}

function rateLimited(rate: { limit: number; perMs: number }, retryAfterMs: number): HookRefusal {
  const seconds = String(Math.ceil(retryAfterMs / 1_000));
  return new HookRefusal("rate_limited", `this address takes ${rate.limit} deliveries in ${rate.perMs} ms`, {
    headers: {
      "retry-after": seconds,
      ratelimit: `"default";r=0;t=${seconds}`,
      "ratelimit-policy": `"default";q=${rate.limit};w=${Math.ceil(rate.perMs / 1_000)}`,
    },
  });
}

async function heldSecrets(d: ReceiveDependencies, trigger: HookTrigger): Promise<HeldSecrets> {
  const { verification } = trigger.config;
  if (verification.scheme === "none" || verification.secretConnectionId === null) return noSecrets;
  try {
    return await within(
      d.storeWithinMs,
      d.secrets.decryptForVerification({ workspaceId: trigger.workspaceId, connectionId: verification.secretConnectionId }),
    );
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not_found") return noSecrets;
    throw thrown;
  }
}

/** The author's own key, else the sender's delivery id, else none: then every delivery is an event of its own. */
function dedupeKey(parts: DeliveryParts): string | null {
  const source = parts.config.dedupe.key;
  const key = source === undefined ? parts.deliveryId : evaluateKey(source, parts);
  return key !== null && key.length > maxKeyLength ? `sha256:${hash("sha256", key)}` : key;
}

function evaluateKey(source: string, parts: DeliveryParts): string {
  const scope = {
    trigger: triggerValue(parts),
    steps: {},
    run: {},
    vars: {},
    connection: {},
    now: new Date(parts.receivedAtMs).toISOString(),
  };
  let key: string | null;
  try {
    key = keyText(createEvaluate(scope, { maxSteps: maxKeySteps }).template(source));
  } catch (thrown) {
    throw new HookRefusal("dedupe_key", `the duplicate key ${source} cannot be worked out: ${toError(thrown).message}`);
  }
  if (key === null) throw new HookRefusal("dedupe_key", `the duplicate key ${source} is empty for this delivery`);
  return key;
}

/** The promise's result, or a refusal when the database does not answer in time or at all. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable("the event could not be stored in time: send it again")), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (thrown) {
    if (thrown instanceof HookRefusal || thrown instanceof AppError) throw thrown;
    logger.error({ err: toError(thrown) }, "a delivery could not be stored");
    throw unavailable("the event could not be stored: send it again");
  } finally {
    clearTimeout(timer);
  }
}

import type pg from "pg";
import { Alerts } from "#lib/alerts/alerts.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { RecordClaims } from "#lib/engine/ledger/record-claims.ts";
import { Signals } from "#lib/engine/ledger/signals.ts";
import type { Evaluator } from "#lib/engine/ports.ts";
import { BreakerSystem } from "#lib/engine/systems/breaker.ts";
import { ChildRuns } from "#lib/engine/systems/child-runs.ts";
import { ConnectionHolds } from "#lib/engine/systems/connection-holds.ts";
import { GuardPlaces } from "#lib/engine/systems/guard-places.ts";
import { NodeDedup } from "#lib/engine/systems/node-dedup.ts";
import { RetryBudgets } from "#lib/engine/systems/retry-budget.ts";
import { ThrottleSystem } from "#lib/engine/systems/throttle.ts";
import { createEgressPolicy, ownDoor } from "#lib/outbound/egress-policy.ts";
import { createMail } from "#lib/outbound/mail.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import type { CallbackLinks } from "#lib/secrets/callback-links.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import { Tokens } from "#lib/secrets/tokens.ts";
import type { Settings } from "#lib/shared/settings.ts";
import { Connections } from "./connections.ts";
import { EvaluatorPool } from "./evaluator-pool.ts";
import type { WorldPorts } from "./worker.ts";

/** The real world of a worker: the guarded way out, connections with their credentials, throttles, keys. */
export function createWorld(given: { pool: pg.Pool; settings: Settings; secrets: Secrets; links: Pick<CallbackLinks, "url"> }): WorldPorts {
  const { pool, settings, secrets, links } = given;
  const outbound = new Outbound({ policy: createEgressPolicy({ allow: settings.egressAllow, door: ownDoor(settings) }) });
  const records = new RecordClaims({ pool });
  const tokens = new Tokens({
    pool,
    secrets,
    send: ({ method, url, headers, body }, { timeoutMs }) =>
      outbound.send({ method, url, headers, body }, { signal: AbortSignal.timeout(timeoutMs), timeoutMs, followRedirects: "none" }),
  });
  const connections = new Connections({ pool, secrets, tokens });
  return {
    random: Math.random,
    claimRecord: (request) => records.claim(request),
    throttle: new ThrottleSystem({ pool }),
    dedupe: new NodeDedup({ pool }),
    children: new ChildRuns({ pool, intake: new Intake({ pool }) }),
    breaker: new BreakerSystem({ pool }),
    holds: new ConnectionHolds({ pool }),
    guards: new GuardPlaces({ pool }),
    retries: new RetryBudgets({ pool }),
    connection: (workspaceId, connectionId) => connections.open(workspaceId, connectionId),
    send: (request, { signal, timeoutMs, credentialed }) =>
      // A credential must not follow a redirect to another host (security.md A14).
      outbound.send(request, { signal, timeoutMs, followRedirects: credentialed ? "same-origin" : "any" }),
    signals: new Signals({ pool }),
    resumeUrl: (step) => links.url(step),
    evaluator: lazyEvaluator(),
    vars: { baseUrl: settings.baseUrl },
  };
}

/** Who tells people of issues, with a way out of its own: what fails in the connections of runs does not stand in the way of telling so. */
export function createAlerts({ pool, settings, secrets }: { pool: pg.Pool; settings: Settings; secrets: Secrets }): Alerts {
  const outbound = new Outbound({ policy: createEgressPolicy({ allow: settings.egressAllow, door: ownDoor(settings) }) });
  return new Alerts({ pool, secrets, carriers: { outbound, mail: createMail(settings) }, baseUrl: settings.baseUrl });
}

/** The evaluator process costs memory, and most instances never need it: it starts with the first costly expression. */
export function lazyEvaluator(): Evaluator {
  let pool: EvaluatorPool | null = null;
  const started = () => {
    pool ??= new EvaluatorPool();
    return pool;
  };
  return {
    prepare: (job) => started().evaluate({ ...job, phase: "prepare" }),
    run: (job) => started().evaluate({ ...job, phase: "run" }),
  };
}

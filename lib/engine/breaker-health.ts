import { NodeError } from "#lib/nodes/runner.ts";
import { outcomeOf } from "#lib/policies/breaker.ts";
import { toNodeError } from "./failure.ts";
import type { OpenConnection } from "./ports.ts";
import type { RunSession } from "./run-session.ts";
import type { BreakerRequest } from "./systems/breaker.ts";

const maxProbes = 3;
const timeoutMs = 10_000;

/**
 * Finds out by the connection's health call whether its remote is well again, for a call that must not be the one to try
 * (engine.md 1.5, probe choice). The verdicts go to the breaker; whether it has closed is to be asked there.
 */
export async function probeByHealth(session: RunSession, connection: OpenConnection, request: BreakerRequest): Promise<void> {
  const { breaker } = session.ports;
  for (let probe = 1; probe <= maxProbes; probe++) {
    const asking = { ...request, holder: `health ${probe} ${request.holder}`, leaseMs: timeoutMs * 2, repeatable: true };
    const answer = await session.guard(Promise.resolve(breaker.admit(asking)));
    if (answer.next !== "go" || !answer.probe) return;
    const startedAt = performance.now();
    const failed = await ask(session, connection);
    const outcome = failed === null ? "success" : outcomeOf(failed.failureClass, failed.code);
    breaker.report({ request: asking, gen: answer.gen, probe: true, outcome, slow: performance.now() - startedAt > timeoutMs * 0.8 });
    if (outcome !== "success") return;
  }
}

/** Any answer but one of a server in trouble says that it is well, also that it does not know us. */
async function ask(session: RunSession, connection: OpenConnection): Promise<NodeError | null> {
  const url = connection.healthUrl ?? "";
  try {
    const credential = await connection.credential(url);
    const request = { method: "GET", url, headers: credential.headers, body: null };
    const signal = AbortSignal.any([session.abort.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await session.ports.send(request, { signal, timeoutMs, credentialed: true });
    return response.status < 500
      ? null
      : new NodeError("unavailable", `http_${response.status}`, `the health call answered ${response.status}`);
  } catch (thrown) {
    return toNodeError(thrown);
  }
}

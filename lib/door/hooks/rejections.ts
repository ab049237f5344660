import type { IncomingMessage } from "node:http";
import type { Intake } from "#lib/engine/ledger/intake.ts";
import { toError } from "#lib/shared/errors.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import type { HookTrigger } from "./hook-triggers.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { HookRefusal, RefusalName } from "./refusal.ts";
import { maskedHeaders, queryOf } from "./trigger-data.ts";

/** Enough for a person to see what goes on; a flood of forged deliveries must not become a flood of rows. */
const perTrigger = { limit: 20, perMs: 60_000 };
const perProcess = { limit: 200, perMs: 60_000 };
const maxSuppressed = 10_000;
/** Nothing is wrong when a delivery is refused for these: it comes again by itself, or was never one. */
const harmless = new Set<RefusalName>(["method_not_allowed", "rate_limited", "paused", "unavailable"]);
const logger = createLogger({ name: "hooks" });

/** Records refused deliveries on their trigger: what was refused, why, and how many more there were. */
export class Rejections {
  readonly #intake: Pick<Intake, "reject">;
  readonly #limiter = new RateLimiter();
  readonly #suppressed = new Map<string, number>();

  constructor(intake: Pick<Intake, "reject">) {
    this.#intake = intake;
  }

  /** Does not wait: the sender's answer does not depend on the record. */
  record(trigger: HookTrigger, refusal: HookRefusal, incoming: IncomingMessage): void {
    const nowMs = performance.now();
    if (!this.#limiter.take(trigger.id, perTrigger, nowMs).taken || !this.#limiter.take("", perProcess, nowMs).taken) {
      if (this.#suppressed.size >= maxSuppressed) this.#suppressed.clear();
      this.#suppressed.set(trigger.id, (this.#suppressed.get(trigger.id) ?? 0) + 1);
      return;
    }
    const suppressed = this.#suppressed.get(trigger.id) ?? 0;
    this.#suppressed.delete(trigger.id);
    const data = {
      method: incoming.method ?? "",
      headers: maskedHeaders(trigger.config, incoming.headers),
      query: queryOf(incoming.url ?? ""),
      detail: refusal.detail,
      ...(suppressed > 0 ? { alsoRefusedSinceTheLast: suppressed } : {}),
    };
    const { id: triggerId, workspaceId, workflowId } = trigger;
    const size = Number(incoming.headers["content-length"] ?? 0) || 0;
    const { reason } = refusal;
    const issueTitle = harmless.has(refusal.name) ? null : `Deliveries are refused: ${reason.replaceAll("_", " ")}`;
    this.#intake
      .reject({ workspaceId, workflowId, triggerId, reason, data: JSON.stringify(data), size, issueTitle })
      .catch((thrown: unknown) => {
        logger.warn({ err: toError(thrown), triggerId, reason }, "a refused delivery was not recorded");
      });
  }
}

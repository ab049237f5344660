import { NodeError } from "#lib/nodes/runner.ts";
import { orderKeyOf } from "#lib/policies/admission.ts";
import { arrivalKeys } from "#lib/policies/arrivals.ts";
import { oneEvent } from "#lib/policies/batch.ts";
import type { RunSession } from "./run-session.ts";

/**
 * An event whose order key cannot be worked out has been accepted, for it must not be lost, and has no place in any order. Its
 * run fails here, before anything is done, and a person is asked.
 */
export function requireOrderKey(session: RunSession): void {
  const { orderBy } = session.plan.compiled.document.settings;
  if (orderBy === null || session.run.mode === "test") return;
  const key = orderKeyOf(orderBy, oneEvent(session.plan.compiled.document.settings, session.trigger), session.run.createdAtMs);
  if (key.ok) return;
  throw new NodeError("validation", "order_key", `settings.orderBy ${orderBy} gives this event no place in an order: ${key.problem}`);
}

/** What starts runs that nobody sends too often: their arrivals are not controlled (`arrivalOf`). */
const uncontrolled: ReadonlySet<string> = new Set(["manual", "sub-workflow"]);

/** The same for an event that no control of arrivals can be told to count with others: a person is asked, and a replay goes. */
export function requireArrivalKeys(session: RunSession): void {
  const { run } = session;
  const { arrivals } = session.plan.compiled.document.settings;
  if (arrivals === undefined || run.mode === "test" || run.keysOf !== null || run.redriveCount > 0 || uncontrolled.has(run.triggerType))
    return;
  const keys = arrivalKeys(arrivals, () => oneEvent(session.plan.compiled.document.settings, session.trigger), run.createdAtMs);
  if (keys.ok) return;
  const path = `settings.arrivals.${keys.control}.key`;
  throw new NodeError("validation", "arrival_key", `${path} ${keys.source} gives this event nothing to count it by: ${keys.problem}`);
}

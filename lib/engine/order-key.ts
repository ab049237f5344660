import { NodeError } from "#lib/nodes/runner.ts";
import { orderKeyOf } from "#lib/policies/admission.ts";
import type { RunSession } from "./run-session.ts";

/**
 * An event whose order key cannot be worked out has been accepted, for it must not be lost, and has no place in any order. Its
 * run fails here, before anything is done, and a person is asked.
 */
export function requireOrderKey(session: RunSession): void {
  const { orderBy } = session.plan.compiled.document.settings;
  if (orderBy === null || session.run.mode === "test") return;
  const key = orderKeyOf(orderBy, session.trigger, session.run.createdAtMs);
  if (key.ok) return;
  throw new NodeError("validation", "order_key", `settings.orderBy ${orderBy} gives this event no place in an order: ${key.problem}`);
}

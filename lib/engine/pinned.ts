import type { Pin } from "#lib/graph/document.ts";
import { isUndo } from "#lib/shared/iteration.ts";
import type { RunSession } from "./run-session.ts";
import type { StepRef } from "./run-state.ts";

/** What a step of a test gives without running. Live runs have no such, whatever their document holds. */
export function pinOf(session: RunSession, { nodeId, iteration }: StepRef): Pin | undefined {
  if (session.run.mode !== "test" || isUndo(iteration)) return undefined;
  const pins = session.plan.compiled.document.testing?.pins;
  return pins !== undefined && Object.hasOwn(pins, nodeId) ? pins[nodeId] : undefined;
}

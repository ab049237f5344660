import { ExpressionError } from "#lib/expressions/error.ts";
import { NodeError, type NodeResult } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { entriesOf, entriesProblem, surroundingsOf } from "./loop-scope.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";

/**
 * Judges the result of the last step of an iteration by the loop's `results`: a batch that answers 200 has said nothing yet
 * of its items. Returns what is wrong with the answer as a whole. Throws a NodeError when it refuses the one item it was
 * asked for: the step fails then like a call that was refused, so that its key is free and a redrive calls again. A batch of
 * several is settled later, item by item.
 */
export function judgeItem(session: RunSession, step: StepState, result: NodeResult): string | null {
  const around = surroundingsOf(session, step);
  if (!around || around.body.last[0] !== step.nodeId) return null;
  const leadsOn = (session.plan.compiled.outgoing.get(step.nodeId) ?? []).some((edge) => edge.sourcePort === result.port);
  if (leadsOn) return null;
  let entries: JsonValue | null;
  try {
    entries = entriesOf(session, around, result.output);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `the results of the items could not be worked out: ${error.message}`;
  }
  if (entries === null) return null;
  const problem = entriesProblem(entries, around.unit);
  if (problem !== null) return `the list of results cannot be used: ${problem}`;
  const only = Array.isArray(entries) && around.unit.from === around.unit.to ? entries[0] : null;
  if (!isJsonObject(only) || only.ok === true) return null;
  throw new NodeError("permanent", "item_rejected", `the item was rejected: ${reason(only.error)}`, { details: only.error ?? null });
}

function reason(error: JsonValue | undefined): string {
  if (error === undefined || error === null) return "no reason given";
  return typeof error === "string" ? error : JSON.stringify(error).slice(0, 300);
}

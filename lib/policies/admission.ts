import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { toError } from "#lib/shared/errors.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { oneEvent } from "./batch.ts";
import { type KeyResult, normalizeKey } from "./idempotency-key.ts";

type Settings = WorkflowDocument["settings"];

/** What a workflow's settings ask of a run before it may start. */
export interface RunGate {
  /** How many runs of the workflow may be in progress; null: any number. */
  limit: number | null;
  /** Runs with the same key go one after another; null: side by side. */
  orderKey: string | null;
  /** A failed run holds its key until its dead letter is closed. */
  blocks: boolean;
}

/** A key over a large body must not hold up the process that takes deliveries. */
const maxKeySteps = 100_000;

/**
 * The gate a run has to pass; null for most, which start at once. Test runs have none: a person waits for them. A key that
 * cannot be worked out gates nothing: the event is kept, and its run fails where it can be seen (`orderKeyOf` in the engine).
 */
export function gateOf(run: { settings: Settings; trigger: () => JsonValue; mode: "live" | "test"; now: number }): RunGate | null {
  const { settings, mode } = run;
  if (mode === "test") return null;
  const key = settings.orderBy === null ? null : orderKeyOf(settings.orderBy, oneEvent(settings, run.trigger()), run.now);
  const orderKey = key?.ok ? key.key : null;
  if (settings.concurrency === null && orderKey === null) return null;
  return { limit: settings.concurrency, orderKey, blocks: settings.onDeadLetter === "block" };
}

/** What `settings.orderBy` makes of an event. */
export function orderKeyOf(orderBy: string, trigger: JsonValue, now: number): KeyResult {
  const scope = { trigger, steps: {}, run: {}, vars: {}, connection: {}, now: new Date(now).toISOString() };
  try {
    return normalizeKey(createEvaluate(scope, { maxSteps: maxKeySteps }).template(orderBy));
  } catch (thrown) {
    return { ok: false, problem: toError(thrown).message };
  }
}

import { NodeError, type NodeResult } from "#lib/nodes/runner.ts";
import { defaultKey, fingerprint, idempotencyScope, keyHash, normalizeKey, outboundKey } from "#lib/policies/idempotency-key.ts";
import { toFailure, toNodeError } from "./failure.ts";
import type { HeldRecord, RecordChange } from "./ledger/run-changes.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { Failure, StepState } from "./run-state.ts";

export type KeyClaim =
  | { next: "hold"; record: HeldRecord | null }
  | { next: "replay"; result: NodeResult }
  | { next: "wait"; untilMs: number }
  | { next: "fail"; kind: string; failure: Failure };

/** A duplicate is woken by the first one's commit; this is how long it trusts that before it looks by itself. */
const lookAgainMs = 600_000;

/** Claims the step's idempotency key, if its author gave one. */
export async function claimKey(session: RunSession, plan: NodePlan, step: StepState): Promise<KeyClaim> {
  const { key: template, ttlMs } = plan.policy.idempotency;
  if (template === null) return { next: "hold", record: null };
  try {
    step.idempotencyKey ??= evaluateKey(session, step, template);
  } catch (thrown) {
    return { next: "fail", kind: "permanent", failure: toFailure(toNodeError(thrown)) };
  }
  if (session.hasRecordChange(step)) await session.commit();
  const claim = await session.guard(
    session.ports.claimRecord({
      scope: scopeOf(session, plan),
      key: step.idempotencyKey,
      fingerprint: fingerprint(step.input?.value ?? null),
      workspaceId: session.run.workspaceId,
      runId: session.run.id,
      stepId: step.id,
      ttlMs,
      anew: session.run.keysOf === session.run.id,
    }),
  );
  switch (claim.next) {
    case "execute":
      return { next: "hold", record: claim.record };
    case "replay":
      return { next: "replay", result: claim.result };
    case "replay-failure":
      return { next: "fail", kind: "permanent", failure: claim.failure };
    case "wait":
      return { next: "wait", untilMs: Math.min(session.ports.now() + lookAgainMs, step.deadlineAtMs ?? Number.POSITIVE_INFINITY) };
    case "mismatch": {
      const message = `the key ${step.idempotencyKey} was used before with another input; the earlier result stands`;
      return { next: "fail", kind: "key_mismatch", failure: { class: "validation", code: "key_mismatch", message, details: null } };
    }
  }
}

/** Moves the held record with the step's next commit. */
export function settleRecord(
  session: RunSession,
  step: StepState,
  record: HeldRecord,
  state: RecordChange["state"],
  result: NodeResult | null,
): void {
  const stored = result && JSON.stringify({ port: result.port, output: result.output });
  session.putRecord({ ...moveOf(step, record, state), result: stored });
}

function moveOf(step: StepState, record: HeldRecord, state: RecordChange["state"]): Omit<RecordChange, "result"> {
  return {
    scope: record.scope,
    keyHash: record.keyHash,
    fence: record.fence,
    stepId: step.id,
    state,
    renewedKey: record.renew ? outboundKey(record.scope, record.key, record.generation + 1) : null,
  };
}

/** The step failed for good, and nothing was applied: its failure becomes the key's result. */
export function storeFailure(session: RunSession, step: StepState, record: HeldRecord, failure: Failure): void {
  session.putRecord({ ...moveOf(step, record, "failed_final"), result: JSON.stringify(failure) });
}

/**
 * Lets go of the key of a step that ends without a result, be it the key's owner or one that waits for it; the next in line goes
 * on. `unknown`: a person is asked what became of the call, so nobody does.
 */
export function abandonKey(session: RunSession, plan: NodePlan, step: StepState, end: "ended" | "unknown"): void {
  if (step.idempotencyKey === null) return;
  const scope = scopeOf(session, plan);
  session.abandonKey({ stepId: step.id, scope, keyHash: keyHash(step.idempotencyKey), unknown: end === "unknown" });
}

/**
 * Frees the key of a step that ends, or tries again, without having made its call. While an earlier call may have been
 * applied it is not freed: whoever is next goes on under the same key.
 */
export function freeRecord(session: RunSession, step: StepState, record: HeldRecord | null, state: "claimed" | "released"): void {
  if (record && record.sentBefore === null) settleRecord(session, step, record, state, null);
}

/** The header that tells the remote our key. Without a key of the author's it is the step itself, which guards against our own repeats. */
export function keyHeader(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null): Record<string, string> {
  const { header } = plan.policy.idempotency;
  if (header === null) return {};
  return { [header]: remoteKey(session, step, record) };
}

/** What the remote knows the step's call by. */
export function remoteKey(session: RunSession, step: StepState, record: HeldRecord | null): string {
  if (record) return record.outboundKey;
  const key = defaultKey({ runId: session.run.keysOf ?? session.run.id, nodeId: step.nodeId, iteration: step.iteration });
  return outboundKey(session.run.workspaceId, key, step.keyGeneration);
}

function evaluateKey(session: RunSession, step: StepState, template: string): string {
  const key = normalizeKey(session.evaluate(step, {}).template(template));
  if (key.ok) return key.key;
  throw new NodeError("validation", "key_invalid", `the idempotency key ${template} cannot be used. ${key.problem}`);
}

function scopeOf(session: RunSession, plan: NodePlan): string {
  const { workspaceId, workflowId } = session.run;
  return idempotencyScope({
    scope: plan.policy.idempotency.scope,
    workspaceId,
    workflowId,
    nodeId: plan.node.id,
    connectionId: plan.node.connectionId,
  });
}

import { noteUnknown } from "#lib/policies/reconcile.ts";
import { afterCrash } from "#lib/policies/recovery.ts";
import { abandonKey } from "./idempotency.ts";
import type { CutOffStep } from "./ledger/claim.ts";
import { canLook } from "./reconcile-step.ts";
import type { RunSession } from "./run-session.ts";
import type { AttemptRecord, Failure } from "./run-state.ts";
import { failStep, waitStep } from "./settle-step.ts";

const outcomeUnknown: Failure = {
  class: "unknown_outcome",
  code: "worker_lost_after_send",
  message: "the worker stopped after the request may have been sent; whether the remote applied it is not known",
  details: null,
};

const poisoned: Failure = {
  class: "lost",
  code: "poison",
  message: "three workers in a row stopped while running this step",
  details: null,
};

/**
 * Settles a step whose worker died in the middle of it, by the crash table of engine.md 1.1: what was not sent is run
 * again, what was sent is treated by its effect class, and what killed three workers in a row is taken out.
 */
export function recoverStep(session: RunSession, { step, attempt }: CutOffStep): void {
  const plan = session.planOf(step);
  const now = session.ports.now();
  // A result whose attempt was noted, and not yet its step, is lost like an answer that never came.
  const sent = attempt?.state === "sent" || (attempt?.state === "succeeded" && attempt.sentAtMs !== null);
  if (attempt && sent) {
    step.unsettled = noteUnknown(step.unsettled, { sentAtMs: attempt.sentAtMs ?? now, answered: false });
    session.putEffects(step);
  }
  step.lostCount += 1;
  if (attempt && (attempt.state === "sent" || attempt.state === "claimed")) {
    session.putAttempt({ ...lostAttempt(step.id, attempt, now), sentAtMs: attempt.sentAtMs });
  }
  const next = afterCrash({ attempt: sent ? "sent" : "claimed", effect: step.effect, canLook: canLook(plan), lostCount: step.lostCount });
  switch (next.next) {
    case "run-again":
      session.run.retried = session.run.retried || attempt !== null;
      return waitStep(session, step, "retry", now);
    case "unknown-outcome":
      abandonKey(session, plan, step, "unknown");
      return failStep(session, plan, step, { kind: "unknown_outcome", failure: outcomeUnknown });
    case "poison":
      abandonKey(session, plan, step, "ended");
      return failStep(session, plan, step, { kind: "poison", failure: poisoned });
  }
}

function lostAttempt(stepId: string, attempt: NonNullable<CutOffStep["attempt"]>, now: number): AttemptRecord {
  return {
    stepId,
    no: attempt.no,
    kind: "call",
    state: "lost",
    class: "lost",
    httpStatus: null,
    request: null,
    response: null,
    error: null,
    askedAtMs: null,
    createdAtMs: attempt.createdAtMs,
    sentAtMs: attempt.sentAtMs,
    endedAtMs: now,
  };
}

import { stepKey } from "#lib/shared/iteration.ts";
import { cancelJobs } from "./cancel-jobs.ts";
import { cancelChildren } from "./child-step.ts";
import { driveUndo, mustUndo } from "./compensation.ts";
import { waitsForConnection } from "./connection-step.ts";
import { decide, type SettledIteration, type SkippedStep } from "./decide.ts";
import { executeStep } from "./execute-step.ts";
import type { ClaimedRun } from "./ledger/claim.ts";
import { letGo } from "./let-go.ts";
import { repaceLoops, settleIterations } from "./loop-step.ts";
import { recoverStep } from "./recover-step.ts";
import { resumeLoops } from "./resume-loops.ts";
import type { RunSession } from "./run-session.ts";
import { wakeSignalled } from "./signal-step.ts";
import { waitsInQueue } from "./throttle-step.ts";

/** Waits up to this long hold the run in memory; longer ones park it as a timer job (architecture.md, the life of an event, 4). */
const holdMs = 1_000;

/** A loop of steps that touch nothing outside never waits for a commit by itself: this bounds what it holds in memory, and would do again. */
const maxUnsaved = 500;

/**
 * Advances a claimed run until it ends or has to wait: decide, do what was decided, decide again when a step is done.
 * Throws RunLostError when another worker has taken the run or the database could not be reached for long.
 */
export async function driveRun(session: RunSession, claimed: ClaimedRun): Promise<void> {
  for (const cutOff of claimed.cutOff) recoverStep(session, cutOff);
  if (session.run.undoing) return driveUndo(session);
  await resumeLoops(session);
  await lookAgain(session);
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (;;) {
    // A commit that nobody awaited may have told that the run is lost: what it held is not on disk, so nothing may build on it.
    if (session.abort.signal.aborted) failures.push(session.abort.signal.reason);
    if (failures.length > 0) {
      await Promise.allSettled(inFlight);
      throw failures[0];
    }
    if (session.takeWoken()) await lookAgain(session);
    const decision = decide({
      compiled: session.plan.compiled,
      triggerNodeId: session.run.triggerNodeId,
      mode: session.run.mode,
      steps: session.steps,
      loops: session.loops,
      cancelRequested: session.cancelRequested,
      deadlineAtMs: session.run.deadlineAtMs,
      now: session.ports.now(),
    });
    for (const skipped of decision.skip) skipStep(session, skipped);
    for (const ref of [...decision.start, ...decision.resume]) {
      const done: Promise<void> = executeStep(session, session.openStep(ref))
        .catch((error) => void failures.push(error))
        .finally(() => {
          inFlight.delete(done);
          session.bell.ring();
        });
      inFlight.add(done);
    }
    if (session.hasNews) session.commit().catch(() => undefined); // people are watching; who must know of a loss awaits its own commit
    if (decision.settled.length > 0) {
      await settle(session, decision.settled).catch((error) => failures.push(error));
    } else if (inFlight.size > 0) {
      await session.bell.heard(msUntil(session, decision.wakeAtMs));
    } else if (decision.end) {
      await cancelJobs(session, decision.end);
      for (const step of session.steps.values()) await letGo(session, step);
      if (decision.end.status !== "succeeded") await cancelChildren(session);
      if (mustUndo(session, decision.end)) return driveUndo(session);
      return session.finish(decision.end);
    } else if (decision.skip.length === 0) {
      const waitMs = msUntil(session, decision.wakeAtMs);
      if (waitMs > holdMs) return session.park(earliest(decision.wakeAtMs, session.run.deadlineAtMs));
      await session.bell.heard(waitMs);
    }
  }
}

async function settle(session: RunSession, settled: readonly SettledIteration[]): Promise<void> {
  await settleIterations(session, settled);
  if (session.unsaved > maxUnsaved) await session.commit();
}

/**
 * What waits for the first of its key, for its place under a limit, for its connection or for a call back asks again whenever
 * its run is claimed: that may be because it was woken, and the wake-up may have come before its waiting was stored. So it does
 * when the run is woken while it is held. A person may have woken it for having changed the pace of a loop.
 */
async function lookAgain(session: RunSession): Promise<void> {
  for (const step of session.steps.values()) {
    // A loop waits for its own iterations, which look again each by itself.
    if (session.loops.has(stepKey(step.nodeId, step.iteration))) continue;
    if (step.waitReason === "duplicate" || step.waitReason === "child" || waitsInQueue(step) || waitsForConnection(step))
      step.wakeAtMs = session.ports.now();
  }
  await wakeSignalled(session);
  await repaceLoops(session);
}

function skipStep(session: RunSession, skipped: SkippedStep): void {
  const step = session.openStep(skipped);
  step.status = "skipped";
  step.port = skipped.passesThrough ? "out" : null;
  step.finishedAtMs = session.ports.now();
  session.touch(step);
}

function msUntil(session: RunSession, wakeAtMs: number | null): number {
  return wakeAtMs === null ? Number.POSITIVE_INFINITY : wakeAtMs - session.ports.now();
}

function earliest(wakeAtMs: number | null, deadlineAtMs: number): number {
  return wakeAtMs === null ? deadlineAtMs : Math.min(wakeAtMs, deadlineAtMs);
}

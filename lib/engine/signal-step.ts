import type { Awaits } from "#lib/nodes/define.ts";
import { NodeError, type NodeResult, type Outside } from "#lib/nodes/runner.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import type { Signal } from "./ledger/signals.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { waitStep } from "./settle-step.ts";

/**
 * Runs a step that waits for a call back or a decision: it ends with the first that comes, or with the time-out, and is
 * parked until then, holding nothing. Null: it waits.
 */
export async function awaitSignal(session: RunSession, plan: NodePlan, step: StepState, awaits: Awaits): Promise<NodeResult | null> {
  const outside = await lookOutside(session, step, awaits);
  const context = {
    signal: session.abort.signal,
    now: session.ports.now(),
    evaluate: session.evaluate(step, {}),
    outbound: () => Promise.reject(new NodeError("code", "no_outbound", "a node that waits may not call out")),
    outside,
  };
  const outcome = await plan.runner.run({ config: plan.config, input: step.input?.value ?? null, context });
  if ("wait" in outcome) {
    if (awaits.signal === "approval") askPeople(session, step, outcome.wait.untilMs);
    waitStep(session, step, outcome.wait.reason, outcome.wait.untilMs);
    return null;
  }
  if (!("port" in outcome)) throw new NodeError("code", "no_result", "a node that waits has a result or waits on");
  if (awaits.signal === "approval") session.unask(step);
  return outcome;
}

/**
 * What has come for a step, or that its time is over. Which of the two is decided once, in the database: whoever called in
 * time was told that it counts, and whoever calls later is told that it does not.
 */
export async function lookOutside(session: RunSession, step: StepState, awaits: Awaits): Promise<Outside> {
  const untilMs = step.deadlineAtMs ?? session.ports.now();
  const waiting: Outside = { received: null, isOver: false, untilMs };
  const isOver = session.ports.now() >= untilMs;
  if (awaits.signal === null) return { ...waiting, isOver };
  const signal = await readSignal(session, step);
  if (isAnswer(signal)) return { ...waiting, received: { payload: signal.payload, at: new Date(signal.receivedAtMs).toISOString() } };
  if (!isOver) {
    // It once went on without an answer, and was redriven.
    if (signal) await session.guard(session.ports.signals.reopen(step.id));
    return waiting;
  }
  if (signal || (await settleWithout(session, step, "timeout"))) return { ...waiting, isOver };
  return lookOutside(session, step, awaits);
}

/** Whether an answer has come, whatever else is to be said of the step. */
export async function isAnswered(session: RunSession, step: StepState, awaits: Awaits): Promise<boolean> {
  return awaits.signal !== null && isAnswer(await readSignal(session, step));
}

/** Says that a step goes on without an answer. False: one has come meanwhile, and counts. */
export function settleWithout(session: RunSession, step: StepState, how: "poll" | "timeout"): Promise<boolean> {
  const { id: runId, workspaceId } = session.run;
  return session.guard(session.ports.signals.settle({ id: step.id, runId, workspaceId }, how));
}

/**
 * Wakes the waiting steps for which something has come. Asked at every claim of a run that has such steps: the run may have
 * been woken by it, and it may have come before the waiting was stored.
 */
export async function wakeSignalled(session: RunSession): Promise<void> {
  const waiting = [...session.steps.values()].filter(
    (step) => step.status === "waiting" && session.plan.nodes.get(step.nodeId)?.awaits?.signal,
  );
  if (waiting.length === 0) return;
  const signals = await session.guard(session.ports.signals.read(waiting.map((step) => step.id)));
  const answered = new Set(signals.filter(isAnswer).map((signal) => signal.stepId));
  for (const step of waiting) if (answered.has(step.id)) step.wakeAtMs = session.ports.now();
  if (answered.size > 0) await failpoint("signal-seen", session.run.id);
}

async function readSignal(session: RunSession, step: StepState): Promise<Signal | undefined> {
  const [signal] = await session.guard(session.ports.signals.read([step.id]));
  return signal;
}

function isAnswer(signal: Signal | undefined): signal is Signal {
  return signal?.kind === "callback" || signal?.kind === "approval";
}

/** The question as it was frozen; a person may have edited it before a redrive. */
function askPeople(session: RunSession, step: StepState, expiresAtMs: number): void {
  const input = step.input?.value ?? null;
  const { message, assignees } = isJsonObject(input) ? input : {};
  session.ask({
    step: { ...step },
    message: typeof message === "string" ? message : "",
    assignees: Array.isArray(assignees) ? assignees.filter((assignee) => typeof assignee === "string") : [],
    requestedAtMs: step.startedAtMs ?? session.ports.now(),
    expiresAtMs,
  });
}

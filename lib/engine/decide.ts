import type { CompiledDocument } from "#lib/graph/compile.ts";
import type { WorkflowEdge } from "#lib/graph/document.ts";
import type { JoinMode } from "#lib/nodes/define.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import type { RunEnd, StepRef, StepState } from "./run-state.ts";

export interface SkippedStep extends StepRef {
  /** Its node is disabled, so that the edges behind it are taken as if it had run. */
  passesThrough: boolean;
}

/** What a run should do next. Empty lists and no end: it waits for steps in flight, or until `wakeAtMs`. */
export interface Decision {
  /** Steps whose turn has come. */
  start: StepRef[];
  /** Steps on a dead path, and of disabled nodes. */
  skip: SkippedStep[];
  /** Waiting steps that are due. */
  resume: StepRef[];
  /** When the earliest waiting step is due; null when none waits for a time. */
  wakeAtMs: number | null;
  end: RunEnd | null;
}

export interface DecideInput {
  compiled: CompiledDocument;
  triggerNodeId: string;
  /** By stepKey; a node without one has not been reached. */
  steps: ReadonlyMap<string, StepState>;
  cancelRequested: boolean;
  deadlineAtMs: number;
  now: number;
}

type EdgeState = "taken" | "dead" | "undecided" | "blocked";

/**
 * Decides what a run does next: a pure function of the document and the states of its steps (architecture.md, the life
 * of an event, 3). It may be asked at any time and as often as one likes.
 *
 * A node runs once, when each edge into it is decided (taken or dead) and at least one is taken; when all are dead it is
 * skipped. A merge may ask for all of them, or go on with the first. An edge behind a failed step that waits for a person is `blocked`: neither taken nor dead, so that a redrive
 * finds everything behind it untouched.
 */
export function decide(input: DecideInput): Decision {
  const { compiled, steps, now } = input;
  const decision: Decision = { start: [], skip: [], resume: [], wakeAtMs: null, end: null };
  const inFlight = [...steps.values()].some((step) => step.status === "running");
  if (input.cancelRequested || now >= input.deadlineAtMs) {
    if (!inFlight) decision.end = input.cancelRequested ? { status: "canceled", error: null } : overdue(input);
    return decision;
  }
  const stopped = firstStop(input);
  if (stopped) {
    if (!inFlight) decision.end = failedBy(stopped);
    return decision;
  }
  const edgeStates = new Map<string, EdgeState>();
  for (const nodeId of compiled.order) {
    const step = steps.get(stepKey(nodeId, ""));
    if (step) considerStep(step, now, decision);
    else considerNode(input, nodeId, edgeStates, decision);
    for (const edge of compiled.outgoing.get(nodeId) ?? []) edgeStates.set(edge.id, edgeState(input, edge, decision));
  }
  const busy = inFlight || decision.start.length > 0 || decision.skip.length > 0 || decision.resume.length > 0;
  const waiting = [...steps.values()].some((step) => step.status === "waiting" || step.status === "pending");
  if (!busy && !waiting) decision.end = endOf(input);
  return decision;
}

function considerStep(step: StepState, now: number, decision: Decision): void {
  if (step.status === "pending") decision.resume.push(step);
  if (step.status !== "waiting" || step.wakeAtMs === null) return;
  if (step.wakeAtMs <= now) decision.resume.push(step);
  else decision.wakeAtMs = Math.min(decision.wakeAtMs ?? step.wakeAtMs, step.wakeAtMs);
}

function considerNode(input: DecideInput, nodeId: string, edgeStates: ReadonlyMap<string, EdgeState>, decision: Decision): void {
  if (nodeId === input.triggerNodeId) {
    decision.start.push({ nodeId, iteration: "" });
    return;
  }
  const incoming = input.compiled.incoming.get(nodeId) ?? [];
  const states = incoming.map((edge) => edgeStates.get(edge.id) ?? "undecided");
  const taken = joined(input.compiled.joins.get(nodeId) ?? "some", states);
  if (taken === null) return;
  const disabled = input.compiled.nodes.get(nodeId)?.disabled ?? false;
  if (taken && !disabled) decision.start.push({ nodeId, iteration: "" });
  else decision.skip.push({ nodeId, iteration: "", passesThrough: taken && disabled });
}

/** Whether a node's turn has come by the edges into it (true), will never come (false), or is not known yet (null). */
function joined(mode: JoinMode, states: EdgeState[]): boolean | null {
  if (mode === "any" && states.includes("taken")) return true;
  if (states.some((state) => state === "undecided" || state === "blocked")) return null;
  // A node that no edge leads to is reached by none.
  return mode === "all" ? states.length > 0 && states.every((state) => state === "taken") : states.includes("taken");
}

/** A node skipped in this very decision decides its outgoing edges at once, so a dead path dies in one pass. */
function edgeState(input: DecideInput, edge: WorkflowEdge, decision: Decision): EdgeState {
  const step = input.steps.get(stepKey(edge.source, ""));
  const skipped = decision.skip.find((entry) => entry.nodeId === edge.source);
  if (skipped) return skipped.passesThrough && !isFailurePort(edge.sourcePort) ? "taken" : "dead";
  return step ? edgeAfter(step, edge) : "undecided";
}

/** What a step makes of an edge that leaves its node. */
export function edgeAfter(step: StepState, edge: WorkflowEdge): EdgeState {
  switch (step.status) {
    case "succeeded":
    case "deduplicated":
      return step.port === edge.sourcePort ? "taken" : "dead";
    case "skipped":
      return step.port !== null && !isFailurePort(edge.sourcePort) ? "taken" : "dead";
    case "failed":
      return "blocked";
    default:
      return "undecided";
  }
}

function isFailurePort(port: string): boolean {
  return port === "error" || port === "rejected";
}

function firstStop(input: DecideInput): StepState | undefined {
  return [...input.steps.values()].find(
    (step) => step.status === "failed" && input.compiled.nodes.get(step.nodeId)?.policy.onFailure === "stop",
  );
}

function endOf(input: DecideInput): RunEnd {
  const failed = [...input.steps.values()].find((step) => step.status === "failed");
  return failed ? failedBy(failed) : { status: "succeeded", error: null };
}

function failedBy(step: StepState): RunEnd {
  const error = step.error ?? { class: "code", code: "unknown", message: "the step failed", details: null };
  return { status: "failed", error: { ...error, nodeId: step.nodeId } };
}

function overdue(input: DecideInput): RunEnd {
  const unfinished = [...input.steps.values()].find((step) => step.status === "waiting");
  return {
    status: "failed",
    error: {
      nodeId: unfinished?.nodeId ?? input.triggerNodeId,
      class: "timeout",
      code: "run_deadline",
      message: "the run passed its deadline",
      details: null,
    },
  };
}

import type { CompiledDocument } from "#lib/graph/compile.ts";
import type { WorkflowEdge } from "#lib/graph/document.ts";
import type { JoinMode } from "#lib/nodes/define.ts";
import { iterationInside, stepKey } from "#lib/shared/iteration.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";
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
  /** Iterations of loops in which nothing is left to do. */
  settled: SettledIteration[];
  /** When the earliest waiting step is due; null when none waits for a time. */
  wakeAtMs: number | null;
  end: RunEnd | null;
}

export interface SettledIteration {
  loop: StepRef;
  /** The last part of its iteration path. */
  unit: string;
}

export interface DecideInput {
  compiled: CompiledDocument;
  triggerNodeId: string;
  /** A test may want only a part of the document. */
  mode: "live" | "test";
  /** By stepKey; a node without one has not been reached. Of iterations that were settled none is needed. */
  steps: ReadonlyMap<string, StepState>;
  /** The iterations under way of each loop that goes on, by the stepKey of its step. */
  loops: ReadonlyMap<string, { active: ReadonlyMap<string, unknown> }>;
  cancelRequested: boolean;
  deadlineAtMs: number;
  now: number;
}

export type EdgeState = "taken" | "dead" | "undecided" | "blocked";

/** What is decided by itself: the nodes outside of all loops, or the body of one loop in one iteration. */
interface Frame {
  nodeIds: readonly string[];
  iteration: string;
  /** The loop whose body this is; the edges that lead from it into the body are taken. */
  loopId: string | null;
  edgeStates: Map<string, EdgeState>;
}

/**
 * Decides what a run does next: a pure function of the document and the states of its steps (architecture.md, the life
 * of an event, 3). It may be asked at any time and as often as one likes.
 *
 * A node runs once (in a loop: once for each iteration), when each edge into it is decided (taken or dead) and at least one
 * is taken; when all are dead it is skipped. A merge may ask for all of them, or go on with the first. An edge behind a
 * failed step that waits for a person is `blocked`: neither taken nor dead, so that a redrive finds everything behind it
 * untouched.
 */
export function decide(input: DecideInput): Decision {
  const { compiled, steps, now } = input;
  const decision: Decision = { start: [], skip: [], resume: [], settled: [], wakeAtMs: null, end: null };
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
  const isOver = considerFrame(input, { nodeIds: compiled.outside, iteration: "", loopId: null, edgeStates: new Map() }, decision);
  if (isOver) decision.end = endOf(input);
  return decision;
}

/** Decides the nodes of a frame, and of the loops inside it. True when nothing is left to do in it. */
function considerFrame(input: DecideInput, frame: Frame, decision: Decision): boolean {
  const before = decision.start.length + decision.skip.length;
  let isOver = true;
  const wanted = input.mode === "test" ? input.compiled.wanted : null;
  for (const nodeId of frame.nodeIds) {
    // Nothing that is wanted lies behind it, so leaving it out leaves no edge undecided.
    if (wanted && !wanted.has(nodeId)) continue;
    const key = stepKey(nodeId, frame.iteration);
    const step = input.steps.get(key);
    if (step) considerStep(step, input.now, decision);
    else considerNode(input, nodeId, frame, decision);
    if (step && !isFinalStep(step.status)) isOver = false;
    const loop = input.loops.get(key);
    if (step && loop) considerLoop(input, step, loop.active.keys(), decision);
    for (const edge of input.compiled.outgoing.get(nodeId) ?? [])
      frame.edgeStates.set(edge.id, step ? edgeAfter(input.compiled, step, edge) : edgeOfNew(input.compiled, edge, frame, decision));
  }
  return isOver && decision.start.length + decision.skip.length === before;
}

function considerLoop(input: DecideInput, loop: StepState, units: Iterable<string>, decision: Decision): void {
  const nodeIds = input.compiled.bodies.get(loop.nodeId)?.own ?? [];
  for (const unit of units) {
    const iteration = iterationInside(loop.iteration, unit);
    const isOver = considerFrame(input, { nodeIds, iteration, loopId: loop.nodeId, edgeStates: new Map() }, decision);
    if (isOver) decision.settled.push({ loop, unit });
  }
}

function considerStep(step: StepState, now: number, decision: Decision): void {
  if (step.status === "pending") decision.resume.push(step);
  if (step.status !== "waiting" || step.wakeAtMs === null) return;
  if (step.wakeAtMs <= now) decision.resume.push(step);
  else decision.wakeAtMs = Math.min(decision.wakeAtMs ?? step.wakeAtMs, step.wakeAtMs);
}

function considerNode(input: DecideInput, nodeId: string, frame: Frame, decision: Decision): void {
  const { iteration } = frame;
  if (nodeId === input.triggerNodeId) {
    decision.start.push({ nodeId, iteration });
    return;
  }
  const incoming = input.compiled.incoming.get(nodeId) ?? [];
  const states = incoming.map((edge) => (edge.source === frame.loopId ? "taken" : (frame.edgeStates.get(edge.id) ?? "undecided")));
  const goesOn = input.compiled.document.settings.onFailure === "continue";
  const taken = joined(input.compiled.joins.get(nodeId) ?? "some", states, goesOn);
  if (taken === null) return;
  const disabled = input.compiled.nodes.get(nodeId)?.disabled ?? false;
  if (taken && !disabled) decision.start.push({ nodeId, iteration });
  else decision.skip.push({ nodeId, iteration, passesThrough: taken && disabled });
}

/**
 * Whether a node's turn has come by the edges into it (true), will never come (false), or is not known yet (null). A branch
 * that failed holds up the node where it would meet others; `goesOn`: those others do not wait for it (settings.onFailure).
 * What only the failed branch leads to is left for a redrive either way.
 */
export function joined(mode: JoinMode, states: EdgeState[], goesOn: boolean): boolean | null {
  if (mode === "any" && states.includes("taken")) return true;
  if (states.includes("undecided")) return null;
  if (states.includes("blocked")) return goesOn && mode === "some" && states.includes("taken") ? true : null;
  // A node that no edge leads to is reached by none.
  return mode === "all" ? states.length > 0 && states.every((state) => state === "taken") : states.includes("taken");
}

/** A node skipped in this very decision decides its outgoing edges at once, so a dead path dies in one pass. */
function edgeOfNew({ notPassed }: CompiledDocument, edge: WorkflowEdge, frame: Frame, decision: Decision): EdgeState {
  const skipped = decision.skip.at(-1);
  if (skipped?.nodeId !== edge.source || skipped.iteration !== frame.iteration) return "undecided";
  return skipped.passesThrough && !notPassed.has(edge.id) ? "taken" : "dead";
}

/** What a step makes of an edge that leaves its node. */
export function edgeAfter(
  { notPassed }: Pick<CompiledDocument, "notPassed">,
  step: Pick<StepState, "status" | "port">,
  edge: WorkflowEdge,
): EdgeState {
  switch (step.status) {
    case "succeeded":
    case "deduplicated":
      return step.port === edge.sourcePort ? "taken" : "dead";
    case "skipped":
      return step.port !== null && !notPassed.has(edge.id) ? "taken" : "dead";
    case "failed":
      return "blocked";
    default:
      return "undecided";
  }
}

function firstStop(input: DecideInput): StepState | undefined {
  return [...input.steps.values()].find(
    // A batch that is about to be divided has not failed yet.
    (step) => step.status === "failed" && !step.error?.divided && input.compiled.nodes.get(step.nodeId)?.policy.onFailure === "stop",
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
  const waiting = [...input.steps.values()].filter((step) => step.status === "waiting");
  const unfinished = waiting.find((step) => step.waitReason !== "child") ?? waiting[0]; // a loop waits for what is inside it
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

import { outermostLoop } from "#lib/graph/bodies.ts";
import type { CompiledDocument } from "#lib/graph/compile.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { stepsReadBy } from "#lib/graph/validate-expressions.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isFinalStep, type RunStatus, type StepStatus } from "#lib/shared/statuses.ts";
import { edgeAfter, joined } from "./decide.ts";
import { bodyChanges, changesOfResult, changesThatBind, isSame, wiresInto } from "./move-changes.ts";

/*
 * Whether a run that waits can go on by another version of its workflow (engine.md 1.10, edit during runs). Pure: what people are told
 * before and what is then done are decided by the same function. Strict: what cannot be shown to be safe is refused, with its reason.
 */

/** A step outside of loops. */
export interface MovedStep {
  nodeId: string;
  status: StepStatus;
  port: string | null;
  /** A call of it was made, or may have been. */
  called: boolean;
  /** It is remembered as one to be undone should the run fail. */
  undoable: boolean;
}

/** All steps that a node inside of a loop has had, in whatever iterations. */
export interface MovedInside {
  nodeId: string;
  /** One of them waits, or has failed. */
  open: boolean;
  called: boolean;
  undoable: boolean;
}

export interface MovedRun {
  status: RunStatus;
  mode: "live" | "test";
  triggerNodeId: string;
  cancelRequested: boolean;
  undoing: boolean;
  /** A worker has it in hand. */
  held: boolean;
}

export interface MoveRequest {
  run: MovedRun;
  before: CompiledDocument;
  after: CompiledDocument;
  steps: readonly MovedStep[];
  inside: readonly MovedInside[];
  /** How the new version is called: `v4`. */
  to: string;
}

/** Why a run cannot be moved; `nodeId` where one step is the reason. */
export interface MoveObstacle {
  nodeId: string | null;
  message: string;
}

interface Question extends MoveRequest {
  byNode: ReadonlyMap<string, MovedStep>;
}

/** The reasons against moving a run to another version; empty when it can go on there as if it had always run by it. */
export function judgeMove(request: MoveRequest): MoveObstacle[] {
  const ofRun = runObstacles(request);
  if (ofRun.length > 0) return ofRun;
  const question = { ...request, byNode: new Map(request.steps.map((step) => [step.nodeId, step])) };
  const obstacles = [
    ...triggerObstacles(question),
    ...request.steps.flatMap((step) => stepObstacles(question, step)),
    ...insideObstacles(question),
    ...readObstacles(question),
  ];
  return [...new Map(obstacles.map((one) => [one.message, one])).values()];
}

const about = (node: WorkflowNode | undefined, nodeId: string, message: string): MoveObstacle => ({
  nodeId,
  message: `"${node?.name ?? nodeId}" ${message}`,
});

function runObstacles({ run, before, after, to }: MoveRequest): MoveObstacle[] {
  const ofRun = (message: string): MoveObstacle[] => [{ nodeId: null, message }];
  if (run.status !== "waiting" && run.status !== "queued" && run.status !== "running") return ofRun("it has ended already");
  if (run.mode === "test") return ofRun("it is a test: start another one with the version you mean");
  if (run.undoing) return ofRun("what it did is being undone, by the version that did it");
  if (run.cancelRequested) return ofRun("it is being canceled");
  if (run.status === "running" || run.held) return ofRun("a worker is at it just now; only a run that waits can be moved");
  const [old, next] = [before.document.settings, after.document.settings];
  if (old.orderBy !== next.orderBy)
    return ofRun(`${to} puts runs into another order (settings.orderBy), and this run has its place in the old one`);
  return after.document.nodes.flatMap((node) => {
    const parsed = getDefinition(node.type)?.config.safeParse(node.config);
    return parsed?.success ? [] : [about(node, node.id, `of ${to} has settings that this release does not know`)];
  });
}

function triggerObstacles({ run, before, after, to }: Question): MoveObstacle[] {
  const [old, next] = [before.nodes.get(run.triggerNodeId), after.nodes.get(run.triggerNodeId)];
  if (!next) return [about(old, run.triggerNodeId, `started this run and is not in ${to}`)];
  return old && old.type !== next.type ? [about(old, old.id, `started this run and is of another type in ${to}`)] : [];
}

function stepObstacles(question: Question, step: MovedStep): MoveObstacle[] {
  const { before, after, to, run } = question;
  const { nodeId } = step;
  if (nodeId === run.triggerNodeId) return [];
  const [old, next] = [before.nodes.get(nodeId), after.nodes.get(nodeId)];
  const tell = (message: string): MoveObstacle[] => [about(old, nodeId, message)];
  const doing = doingOf(step);
  if (step.status === "running") return tell("was left in the middle; try again in a moment");
  if (!next) return step.status === "skipped" ? [] : tell(`${doing} and is not in ${to}`);
  if (!old || old.type !== next.type || old.typeVersion !== next.typeVersion) return tell(`${doing} and is of another type in ${to}`);
  if (after.loopOf.has(nodeId)) return tell(`${doing} outside of a loop, and is inside of one in ${to}`);
  const bound = isFinalStep(step.status) && step.status !== "failed" ? [] : changesThatBind(old, next, { open: isOpen(step) });
  return [
    ...(bound.length > 0 ? tell(`${doing}, and ${to} changes what that depends on: ${bound.join(", ")}`) : []),
    ...portObstacles(question, step, next),
    ...undoObstacles(question, step),
    ...wiringObstacles(question, step),
  ];
}

const isOpen = (step: MovedStep) => step.status !== "failed" && !step.undoable;

function doingOf({ status }: MovedStep): string {
  if (status === "failed") return "has failed and may still be redriven";
  if (status === "skipped") return "was passed over";
  return isFinalStep(status) ? "has run" : "waits";
}

function portObstacles({ to }: Question, step: MovedStep, next: WorkflowNode): MoveObstacle[] {
  const definition = getDefinition(next.type);
  const config = definition?.config.safeParse(next.config);
  if (step.status === "skipped" || step.port === null || !definition || !config?.success) return [];
  const ports = definition.ports(config.data).map((port) => port.name);
  return ports.includes(step.port)
    ? []
    : [about(next, step.nodeId, `has run and gone on through "${step.port}", which it has not in ${to}`)];
}

/** What is to be undone is undone by the version the run is at, so both must know it alike. */
function undoObstacles({ before, after, to }: Question, step: Pick<MovedStep, "nodeId" | "called" | "undoable">): MoveObstacle[] {
  const [old, next] = [before.nodes.get(step.nodeId), after.nodes.get(step.nodeId)];
  if (step.undoable) {
    return next && old && whatUndoes(old) === whatUndoes(next)
      ? []
      : [about(old, step.nodeId, `has run and may have to be undone, which ${to} does in another way`)];
  }
  const newly = step.called && old?.policy.compensate === undefined && next?.policy.compensate !== undefined;
  return newly ? [about(old, step.nodeId, `has made its call, and ${to} would undo it: what that takes was not kept`)] : [];
}

const whatUndoes = ({ connectionId, policy }: WorkflowNode) => JSON.stringify([connectionId, policy.compensate, policy.idempotency]);

/** A step that has begun must be one that the new version would have begun too, and one passed over one that it would pass over. */
function wiringObstacles(question: Question, step: MovedStep): MoveObstacle[] {
  const { before, after, to } = question;
  const turn = turnOf(after, question.byNode, step.nodeId);
  const disabled = after.nodes.get(step.nodeId)?.disabled ?? false;
  const tell = (message: string) => [about(after.nodes.get(step.nodeId), step.nodeId, message)];
  if (step.status !== "skipped") {
    if (disabled) return tell(`${doingOf(step)}, and is disabled in ${to}`);
    // A branch before it may be under way again, for it was redriven; that it has begun is as right as it was.
    const alike = wiresInto(before, step.nodeId) === wiresInto(after, step.nodeId) && turn === turnOf(before, question.byNode, step.nodeId);
    if (turn === true || (turn === null && alike)) return [];
    if (turn === false) return tell(`${doingOf(step)}, and would not be reached in ${to}`);
    return tell(`${doingOf(step)}, and comes in ${to} after ${undecidedBefore(question, step.nodeId)}`);
  }
  if (step.port === null ? turn === false : turn === true && disabled) return [];
  return tell(`was passed over, and ${to} ${turn === null ? "might still run" : "would run"} it`);
}

/** Whether the turn of a node has come, by what the run has done: see `joined`. */
function turnOf(compiled: CompiledDocument, steps: ReadonlyMap<string, MovedStep>, nodeId: string): boolean | null {
  const states = (compiled.incoming.get(nodeId) ?? []).map((edge) => {
    const source = steps.get(edge.source);
    return source ? edgeAfter(compiled, source, edge) : "undecided";
  });
  return joined(compiled.joins.get(nodeId) ?? "some", states, compiled.document.settings.onFailure === "continue");
}

function undecidedBefore({ after, byNode }: Question, nodeId: string): string {
  const open = (after.incoming.get(nodeId) ?? []).filter((edge) => {
    const source = byNode.get(edge.source);
    return !source || !isFinalStep(source.status) || source.status === "failed";
  });
  const names = new Set(open.map((edge) => `"${after.nodes.get(edge.source)?.name ?? edge.source}"`));
  return `${[...names].join(" and ")}, which ${names.size === 1 ? "has" : "have"} not ended`;
}

/** A loop under way goes on only with the very body it began with: its items are at different places in it. */
function insideObstacles(question: Question): MoveObstacle[] {
  const { before, after, byNode, inside, to } = question;
  const open = new Set(inside.filter((one) => one.open).map((one) => outermostLoop(before, one.nodeId)));
  for (const { nodeId, status } of byNode.values())
    if (before.bodies.has(nodeId) && (!isFinalStep(status) || status === "failed")) open.add(nodeId);
  const ofLoops = [...open].flatMap((loopId) => {
    const changes = bodyChanges(before, after, loopId);
    if (changes.length === 0) return [];
    return [about(before.nodes.get(loopId), loopId, `is a loop under way, and ${to} changes what is inside of it: ${changes.join(", ")}`)];
  });
  const ofSteps = inside.flatMap((one) => {
    const node = before.nodes.get(one.nodeId);
    const movedOut = after.nodes.has(one.nodeId) && after.loopOf.get(one.nodeId) !== before.loopOf.get(one.nodeId);
    return [
      ...(movedOut ? [about(node, one.nodeId, `has run inside of a loop, and is not in that loop in ${to}`)] : []),
      ...undoObstacles(question, one),
    ];
  });
  return [...ofLoops, ...ofSteps];
}

/** What is new may count on what a changed step gives; this run has what the step gave before it was changed. */
function readObstacles({ before, after, byNode, to }: Question): MoveObstacle[] {
  const stale = new Set([...byNode.values()].filter((step) => gaveOtherwise(before, after, step)).map((step) => step.nodeId));
  if (stale.size === 0) return [];
  return after.document.nodes.flatMap((node) => {
    const old = before.nodes.get(node.id);
    const asBefore = old !== undefined && isSame(old, node) && wiresInto(before, node.id) === wiresInto(after, node.id);
    if (asBefore || byNode.has(node.id)) return [];
    const joins = getDefinition(node.type)?.join === undefined ? [] : (after.incoming.get(node.id) ?? []).map((edge) => edge.source);
    const read = [...new Set([...stepsReadBy(node), ...joins])].filter((id) => stale.has(id));
    return read.map((id) =>
      about(node, node.id, `reads in ${to} what "${after.nodes.get(id)?.name ?? id}" gives, which ran before ${to} changed it`),
    );
  });
}

function gaveOtherwise(before: CompiledDocument, after: CompiledDocument, step: MovedStep): boolean {
  const [old, next] = [before.nodes.get(step.nodeId), after.nodes.get(step.nodeId)];
  if (!old || !next || !isFinalStep(step.status) || step.status === "skipped") return false;
  return changesOfResult(old, next).length > 0 || (before.bodies.has(old.id) && bodyChanges(before, after, old.id).length > 0);
}

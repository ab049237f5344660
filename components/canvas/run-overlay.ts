import { diffNodes } from "#lib/graph/diff.ts";
import { documentSchema, type WorkflowDocument, type WorkflowNode } from "#lib/graph/document.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { isFinalRun, type RunStatus, type StepStatus } from "#lib/shared/statuses.ts";

/** What a run did at one node. Several iterations of a for-each are told as one: the worst state, the sum of times. */
export interface NodeRun {
  stepId: string | null;
  status: StepStatus;
  waitReason: StepSummary["waitReason"];
  wakeAt: string | null;
  attempts: number;
  retried: boolean;
  deadLettered: boolean;
  startedAt: string | null;
  durationMs: number | null;
  error: StepSummary["error"];
  iterations: number;
  /** The output taken, which tells which branch lives. */
  port: string | null;
}

export interface RunOverlay {
  runId: string;
  status: RunStatus;
  final: boolean;
  stopping: boolean;
  durationMs: number | null;
  createdAt: string;
  finishedAt: string | null;
  nodes: ReadonlyMap<string, NodeRun>;
  /** What ran, to tell which nodes were edited since. */
  document: WorkflowDocument | null;
  error: RunView["error"];
}

const severity: StepStatus[] = ["skipped", "deduplicated", "succeeded", "pending", "waiting", "running", "failed"];

const queuedNode: NodeRun = {
  stepId: null,
  status: "pending",
  waitReason: null,
  wakeAt: null,
  attempts: 0,
  retried: false,
  deadLettered: false,
  startedAt: null,
  durationMs: null,
  error: null,
  iterations: 0,
  port: null,
};

/** What the canvas shows of a run. Nodes a live run has not reached yet are queued; those an ended run never reached are absent. */
export function overlayOf(run: RunView, previous: RunOverlay | null = null): RunOverlay {
  const parsed = previous?.runId === run.id ? previous.document : parseDocument(run.document);
  const final = isFinalRun(run.status);
  const nodes = new Map<string, NodeRun>();
  if (!final) for (const node of downstreamNodes(parsed, run.triggerNodeId)) nodes.set(node.id, queuedNode);
  for (const step of run.steps) {
    const known = nodes.get(step.nodeId);
    const next = nodeRun(step);
    const merged = known === undefined || known === queuedNode ? next : merge(known, next);
    nodes.set(step.nodeId, merged);
  }
  for (const nodeId of new Set(run.iterations.map((group) => group.nodeId))) nodes.set(nodeId, counted(nodes.get(nodeId), run, nodeId));
  for (const [nodeId, node] of nodes) nodes.set(nodeId, keep(previous?.nodes.get(nodeId), node));
  return {
    runId: run.id,
    status: run.status,
    final,
    stopping: !final && previous?.runId === run.id && previous.stopping,
    durationMs: run.durationMs,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    nodes,
    document: parsed,
    error: run.error,
  };
}

// A node that did not change keeps its object, so that it need not draw itself again on every poll.
function keep(previous: NodeRun | undefined, next: NodeRun): NodeRun {
  return previous !== undefined && JSON.stringify(previous) === JSON.stringify(next) ? previous : next;
}

function parseDocument(value: unknown): WorkflowDocument | null {
  const parsed = documentSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

function downstreamNodes(document: WorkflowDocument | null, triggerNodeId: string): WorkflowNode[] {
  if (document === null) return [];
  const reached = new Set([triggerNodeId]);
  // Documents are small; repeating until nothing is added needs no order.
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const edge of document.edges) if (reached.has(edge.source)) reached.add(edge.target);
  }
  return document.nodes.filter((node) => reached.has(node.id));
}

function nodeRun(step: StepSummary): NodeRun {
  const { id, status, waitReason, wakeAt, attempts, retried, deadLettered, startedAt, durationMs, error, port } = step;
  return { stepId: id, status, waitReason, wakeAt, attempts, retried, deadLettered, startedAt, durationMs, error, iterations: 1, port };
}

function merge(a: NodeRun, b: NodeRun): NodeRun {
  const worse = severity.indexOf(b.status) > severity.indexOf(a.status) ? b : a;
  return {
    ...worse,
    attempts: Math.max(a.attempts, b.attempts),
    retried: a.retried || b.retried,
    deadLettered: a.deadLettered || b.deadLettered,
    durationMs: a.durationMs === null && b.durationMs === null ? null : (a.durationMs ?? 0) + (b.durationMs ?? 0),
    iterations: a.iterations + b.iterations,
  };
}

/** Of a node in a loop not all steps are listed; their counts say how many there are, and what the worst of them is. */
function counted(known: NodeRun | undefined, run: RunView, nodeId: string): NodeRun {
  const groups = run.iterations.filter((group) => group.nodeId === nodeId);
  const worst = groups.reduce(
    (worse, { status }) => (severity.indexOf(status) > severity.indexOf(worse) ? status : worse),
    severity[0] ?? "skipped",
  );
  const iterations = groups.reduce((sum, { count }) => sum + count, 0);
  return { ...(known ?? queuedNode), status: worst, iterations };
}

/** Why what the shown run tells of a node may not hold any more; null when it does. */
export function staleReason(overlay: RunOverlay, node: WorkflowNode): string | null {
  const ran = overlay.document?.nodes.find((other) => other.id === node.id);
  if (ran === undefined) return "Added since this run";
  if (sameSettings(ran, node)) return null;
  const [change] = diffNodes([ran], [node]);
  const paths = (change?.fields ?? [])
    .map((field) => field.path.replace(/^(config|policy)\./, ""))
    .filter((path) => !path.startsWith("position"));
  const more = paths.length > 4 ? ` and ${paths.length - 4} more` : "";
  return `Edited since this run: ${paths.slice(0, 4).join(", ")}${more}`;
}

/** Whether two nodes do the same: everything but the place on the canvas. */
export function sameSettings(a: WorkflowNode, b: WorkflowNode): boolean {
  return a === b || canonical(a) === canonical(b);
}

const canonicalTexts = new WeakMap<WorkflowNode, string>();

function canonical(node: WorkflowNode): string {
  const known = canonicalTexts.get(node);
  if (known !== undefined) return known;
  const text = JSON.stringify(sorted({ ...node, position: null }));
  canonicalTexts.set(node, text);
  return text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

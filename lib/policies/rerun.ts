import { outermostLoop } from "#lib/graph/bodies.ts";
import type { CompiledDocument } from "#lib/graph/compile.ts";
import type { WorkflowEdge } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import type { StepEffect } from "./defaults.ts";
import type { RecordState } from "./idempotency.ts";

/*
 * What a new run of an old run's data would keep, and what it would do again (engine.md 1.8). Pure: the preview that people see and
 * the run that is then made are decided by the same function.
 */

/** A step of the old run. */
export interface PastStep {
  nodeId: string;
  iteration: string;
  status: StepStatus;
  port: string | null;
}

export interface RerunPlan {
  /** Steps whose results the new run begins with. */
  restored: PastStep[];
  /** Nodes that run, or may run, in the order of the graph; triggers left out. */
  runs: string[];
  /** Why it cannot be done. */
  problems: string[];
}

interface RerunRequest {
  /** What the new run executes, and what the old one did. */
  target: CompiledDocument;
  original: CompiledDocument;
  steps: readonly PastStep[];
  /** Node ids; empty: from the start. */
  from: readonly string[];
}

/** Plans a rerun: everything that succeeded is kept, but for the chosen nodes and all that lies behind them. */
export function planRerun({ target, original, steps, from }: RerunRequest): RerunPlan {
  const again = behind(target, from);
  const restored = from.length === 0 ? [] : steps.filter((step) => !again.has(step.nodeId) && isKept(step, target, original));
  const kept = new Map(restored.map((step) => [step.nodeId, step]));
  const triggers = new Set(target.triggers.map((node) => node.id));
  return {
    restored,
    runs: target.order.filter((nodeId) => !kept.has(outermostLoop(target, nodeId)) && !triggers.has(nodeId)),
    problems: [
      ...from.flatMap((nodeId) => problemOfStart(target, kept, nodeId) ?? []),
      ...restored.flatMap((step) => problemOfPort(target, step) ?? []),
    ],
  };
}

/** The nodes and all that an edge path leads to from them. */
function behind(compiled: CompiledDocument, nodeIds: readonly string[]): Set<string> {
  const found = new Set<string>(nodeIds);
  for (const id of found) for (const edge of compiled.outgoing.get(id) ?? []) found.add(edge.target);
  return found;
}

function isKept(step: PastStep, target: CompiledDocument, original: CompiledDocument): boolean {
  // What was done inside of a loop is in the loop's own result; without that the loop runs as a whole.
  if (step.iteration !== "") return false;
  const node = target.nodes.get(step.nodeId);
  const type = node && getDefinition(node.type);
  // A trigger's result is the event, which the new run has itself.
  if (!node || !type || type.category === "trigger" || node.type !== original.nodes.get(step.nodeId)?.type) return false;
  if (step.status === "skipped") return target.document === original.document;
  return step.status === "succeeded" || step.status === "deduplicated";
}

function problemOfStart(target: CompiledDocument, kept: ReadonlyMap<string, PastStep>, nodeId: string): string | null {
  const node = target.nodes.get(nodeId);
  if (!node) return `there is no node ${nodeId} in that version`;
  if (node.disabled) return `"${node.name}" is disabled in that version`;
  const incoming = target.incoming.get(nodeId) ?? [];
  const dead = incoming.every((edge) => isDead(kept.get(edge.source), edge));
  if (incoming.length > 0 && dead) return `"${node.name}" would not be reached in that version: what lies before it took another way`;
  return null;
}

/** Not known yet counts as alive. */
function isDead(step: PastStep | undefined, edge: WorkflowEdge): boolean {
  return step !== undefined && step.port !== edge.sourcePort;
}

function problemOfPort(target: CompiledDocument, step: PastStep): string | null {
  const node = target.nodes.get(step.nodeId);
  const type = node && getDefinition(node.type);
  const config = type?.config.safeParse(node?.config);
  if (!node || !type || !config?.success || step.port === null) return null;
  const ports = type.ports(config.data).map((port) => port.name);
  return ports.includes(step.port) ? null : `"${node.name}" has no output "${step.port}" in that version, through which the old run went`;
}

/** What the idempotency check will make of a step that runs again. */
export type Verdict = "harmless" | "acts" | "acts_again" | "skipped" | "may_be_skipped" | "waits" | "refused";

/** Foretells whether the effect of a step will happen (again), from what is known of its key. */
export function foretell(a: {
  effect: StepEffect;
  /** Whether the author gave a key. */
  keyed: boolean;
  keys: "same" | "new";
  /** Whether the old run made, or may have made, the call. */
  calledBefore: boolean;
  /** With another input than before. */
  edited: boolean;
  /** Of the old step's key, be it another run that used it last; null when nothing holds it. */
  record: RecordState | null;
}): Verdict {
  if (a.effect === "none" || a.effect === "read" || a.effect === "natural") return "harmless";
  // Whoever used the key: the effect may be there.
  const done = a.calledBefore || (a.record !== null && a.record !== "released" && a.record !== "claimed");
  if (!done) return "acts";
  if (a.keys === "new") return "acts_again";
  if (!a.keyed) return a.effect === "keyed" ? "may_be_skipped" : "acts_again";
  if (a.edited && a.record !== null && a.record !== "released" && a.record !== "claimed") return "refused";
  switch (a.record) {
    case "succeeded":
    case "failed_final":
      return "skipped";
    case "sent":
      return "may_be_skipped";
    case "unknown_outcome":
      return "waits";
    default:
      return "acts";
  }
}

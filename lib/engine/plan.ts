import { walksLists } from "#lib/expressions/evaluate.ts";
import { type CompiledDocument, compileDocument } from "#lib/graph/compile.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { type Resumable, resumableFrom } from "#lib/graph/resumable.ts";
import type { Awaits, NodeDefinition } from "#lib/nodes/define.ts";
import { getDefinition, type NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import type { NodeRunner } from "#lib/nodes/runner.ts";
import { type ResolvedPolicy, resolvePolicy } from "#lib/policies/defaults.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";

/** All that is known of a node before any run of its document: parsed once, used by every run. */
export interface NodePlan {
  node: WorkflowNode;
  type: NodeTypeId;
  definition: NodeDefinition;
  runner: NodeRunner;
  config: JsonObject;
  policy: ResolvedPolicy;
  effect: EffectClass | "none";
  /** Ports some edge leaves from. */
  connectedPorts: ReadonlySet<string>;
  isTrigger: boolean;
  /** For a node that waits for the outside. */
  awaits: Awaits | null;
  /** Its expressions walk lists, so their cost grows with the data. */
  walksLists: boolean;
  /** The read that tells whether a call of this node was applied. */
  lookup: NodePlan | null;
  /** The call that undoes what a call of this node did. */
  undo: NodePlan | null;
  /** The call that tells a remote to give up the job the node asks after. */
  cancel: NodePlan | null;
}

export interface RunPlan {
  compiled: CompiledDocument;
  nodes: ReadonlyMap<string, NodePlan>;
  /** The links that the steps of each node see; nodes that see none are left out. */
  resumable: ReadonlyMap<string, readonly Resumable[]>;
  /** Some node says how its effect is undone. */
  canUndo: boolean;
}

/** Prepares a stored document for execution. Throws when it names a node type this release does not know, or holds an invalid config. */
export async function planDocument(document: WorkflowDocument): Promise<RunPlan> {
  const compiled = compileDocument(document);
  const nodes = new Map<string, NodePlan>();
  for (const node of document.nodes) nodes.set(node.id, await planNode(compiled, node));
  const seenFrom = resumableFrom(compiled);
  const resumable = new Map([...nodes.keys()].map((id) => [id, seenFrom(id)] as const).filter(([, seen]) => seen.length > 0));
  return { compiled, nodes, resumable, canUndo: [...nodes.values()].some((plan) => plan.undo !== null) };
}

/** How long a step may take in all: a node that waits for the outside says so itself. */
export function stepTimeMs(plan: NodePlan): number {
  return plan.awaits?.timeoutMs ?? plan.policy.deadlineMs;
}

async function planNode(compiled: CompiledDocument, node: WorkflowNode): Promise<NodePlan> {
  const definition = getDefinition(node.type);
  if (!definition) throw new Error(`unknown node type ${node.type}`);
  const config = definition.config.parse(node.config) as JsonObject; // safe because every config schema is an object schema
  const type = node.type as NodeTypeId; // safe because getDefinition knew it
  const runner = await loadRunner(type);
  const natural = definition.effect(config);
  const policy = resolvePolicy({ policy: node.policy, defaults: definition.policyDefaults, effect: natural });
  return {
    node,
    type,
    definition,
    runner,
    config,
    policy,
    effect: policy.idempotency.effect,
    connectedPorts: new Set((compiled.outgoing.get(node.id) ?? []).map((edge) => edge.sourcePort)),
    isTrigger: definition.category === "trigger",
    awaits: definition.awaits?.(config) ?? null,
    walksLists: walksLists(config),
    lookup: await planLookup(node, policy),
    undo: await planUndo(node, policy),
    cancel: await planCancel(node, policy, definition.cancelRequest?.(config) ?? null),
  };
}

const requestType = "http-request";

/**
 * The plan of a request that a policy makes besides its node's own: the look-up of a call, or what undoes it. It goes through
 * the node's connection as any HTTP request does. Null when the request is not one: it was published before that was checked.
 */
async function planRequest(node: WorkflowNode, request: object, policy: ResolvedPolicy): Promise<NodePlan | null> {
  const definition = getDefinition(requestType);
  const parsed = definition?.config.safeParse(request);
  if (!definition || !parsed?.success) return null;
  const config = parsed.data as JsonObject; // safe because every config schema is an object schema
  const natural = definition.effect(parsed.data);
  const effect: EffectClass | "none" = policy.idempotency.effect === "none" ? natural : policy.idempotency.effect;
  return {
    node,
    type: requestType,
    definition,
    runner: await loadRunner(requestType),
    config,
    policy: { ...policy, idempotency: { ...policy.idempotency, effect } },
    effect,
    connectedPorts: new Set(["out"]),
    isTrigger: false,
    awaits: null,
    walksLists: false,
    lookup: null,
    undo: null,
    cancel: null,
  };
}

/** The end of a run waits for it. */
const cancelMs = 10_000;

/** What an answer to a look is unless its author says otherwise; any other status leaves the question open. */
const anAnswer = "response.status < 300 || response.status == 404 || response.status == 410";

/** The look-up of a node's calls: a read of its own, under the limits of the connection alone. */
async function planLookup(node: WorkflowNode, policy: ResolvedPolicy): Promise<NodePlan | null> {
  const { lookup } = policy.idempotency;
  if (lookup === null) return null;
  const expect = lookup.request.expect ?? { success: anAnswer };
  const idempotency = { ...policy.idempotency, key: null, header: null, effect: "read" as const, lookup: null };
  const bare = { throttle: null, validateInput: null, validateOutput: null, compensate: null };
  return planRequest(node, { ...lookup.request, expect, output: "full" }, { ...policy, ...bare, idempotency });
}

/** A cancel that was made twice is made once, so nothing about it need be known after a crash. */
async function planCancel(node: WorkflowNode, policy: ResolvedPolicy, request: object | null): Promise<NodePlan | null> {
  if (request === null) return null;
  const idempotency = { ...policy.idempotency, key: null, header: null, effect: "natural" as const, lookup: null };
  const bare = { validateInput: null, validateOutput: null, compensate: null };
  return planRequest(node, request, { ...policy, ...bare, idempotency, timeoutMs: Math.min(policy.timeoutMs, cancelMs) });
}

/**
 * What undoes a node's call: a step of its own, with a record and key of its own, tried more often than the call, and in doubt
 * a matter for a person. The limits of the connection hold.
 */
async function planUndo(node: WorkflowNode, policy: ResolvedPolicy): Promise<NodePlan | null> {
  const { compensate } = policy;
  const parsed = compensate && getDefinition(requestType)?.config.safeParse(compensate.request);
  if (!compensate || !parsed?.success) return null;
  const natural = getDefinition(requestType)?.effect(parsed.data) ?? "unsafe";
  const { header } = policy.idempotency;
  // Where the call is keyed, its remote knows keys.
  const recognized = natural === "unsafe" && policy.idempotency.effect === "keyed" && header !== null ? "keyed" : natural;
  const own = { key: "undo", scope: "node" as const, effect: compensate.effect ?? recognized, lookup: null, storeFailures: false };
  return planRequest(node, compensate.request, {
    ...policy,
    throttle: null,
    validateInput: null,
    validateOutput: null,
    compensate: null,
    onFailure: "dead-letter",
    retry: { ...policy.retry, maxAttempts: compensate.maxAttempts },
    idempotency: { ...policy.idempotency, ...own },
  });
}

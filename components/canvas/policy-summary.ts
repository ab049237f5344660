import type { WorkflowNode } from "#lib/graph/document.ts";
import type { NodeDefinition, PolicySection } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { type ResolvedPolicy, resolvePolicy, type StepEffect } from "#lib/policies/defaults.ts";
import { drawableConfig } from "./node-ports.ts";

export type ChipKind = "throttle" | "idempotency" | "validate" | "retry" | "onFailure";

/** One reliability setting, short enough for the canvas. */
export interface Chip {
  kind: ChipKind;
  text: string;
  /** In words, for the tooltip and for screen readers. */
  meaning: string;
  /** Set on this node rather than taken from the defaults. */
  own: boolean;
}

/** What a repeat of the node's call would do. */
export function effectOf(definition: NodeDefinition, node: WorkflowNode): StepEffect {
  try {
    return definition.effect(drawableConfig(definition, node));
  } catch {
    return "unsafe";
  }
}

/** The policy a node runs under, with all defaults filled in; null for an unknown type. */
export function resolvedPolicyOf(node: WorkflowNode): ResolvedPolicy | null {
  const definition = getDefinition(node.type);
  if (definition === undefined) return null;
  return resolvePolicy({ policy: node.policy, defaults: definition.policyDefaults, effect: effectOf(definition, node) });
}

const units: [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** `60/min`, `5/10 s`: how many in how long. */
export function rateText(limit: number, perMs: number): string {
  const [ms, name] = units.find(([unit]) => perMs >= unit && perMs % unit === 0) ?? [1, "ms"];
  const count = perMs / ms;
  return count === 1 ? `${limit}/${name}` : `${limit}/${count} ${name}`;
}

const outcomes: Record<ResolvedPolicy["onFailure"], string> = {
  "dead-letter": "dead letter",
  continue: "continue",
  fallback: "error path",
  stop: "stop",
};

const chipCache = new WeakMap<WorkflowNode, Chip[]>();

/** The reliability settings of a node, always in the same order. Defaults show only where a call can fail. */
export function chipsOf(node: WorkflowNode): Chip[] {
  const known = chipCache.get(node);
  if (known !== undefined) return known;
  const chips = makeChips(node);
  chipCache.set(node, chips);
  return chips;
}

function makeChips(node: WorkflowNode): Chip[] {
  const definition = getDefinition(node.type);
  const policy = resolvedPolicyOf(node);
  if (definition === undefined || policy === null) return [];
  const makers: [PolicySection, Chip | null][] = [
    ["throttle", throttleChip(node, policy)],
    ["idempotency", idempotencyChip(node, policy)],
    ["validate", validateChip(node, policy)],
    ["retry", retryChip(node, policy)],
    ["onFailure", failureChip(node, policy)],
  ];
  const calls = definition.policySections.includes("timeout");
  return makers.flatMap(([section, chip]) =>
    chip !== null && definition.policySections.includes(section) && (calls || chip.own) ? [chip] : [],
  );
}

function throttleChip(node: WorkflowNode, { throttle }: ResolvedPolicy): Chip | null {
  if (throttle === null) return null;
  const [first] = throttle.windows;
  const text = first === undefined ? `${throttle.concurrency ?? 0} at once` : rateText(first.limit, first.perMs);
  return { kind: "throttle", text, meaning: `Throttled to ${text}`, own: node.policy.throttle !== undefined };
}

const shortened = (path: string) => path.trim().replace(/^(trigger\.body|trigger|steps\.\w+\.output)\./, "");

/** `{{ trigger.body.order.id }}` → `order.id`; between other words in braces: `order-{order.id}`. */
export function keyText(key: string): string {
  const parts = /\{\{((?:(?!\}\}).)*)\}\}/gs;
  const words = key.trim();
  const [first] = words.matchAll(parts);
  if (first === undefined) return shortened(words);
  if (first[0] === words) return shortened(first[1] ?? "");
  return words.replace(parts, (_part, path: string) => `{${shortened(path)}}`);
}

function idempotencyChip(node: WorkflowNode, { idempotency }: ResolvedPolicy): Chip | null {
  if (idempotency.key === null) return null;
  return {
    kind: "idempotency",
    text: keyText(idempotency.key),
    meaning: `Done once per ${idempotency.key}`,
    own: node.policy.idempotency?.key !== undefined,
  };
}

function validateChip(node: WorkflowNode, policy: ResolvedPolicy): Chip | null {
  if (policy.validateInput === null && policy.validateOutput === null) return null;
  const sides = [policy.validateInput && "input", policy.validateOutput && "output"].filter((side) => side !== null);
  return {
    kind: "validate",
    text: sides.map((side) => side.replace("put", "")).join("+"),
    meaning: `Checks its ${sides.join(" and ")}`,
    own: node.policy.validateInput !== undefined || node.policy.validateOutput !== undefined,
  };
}

function retryChip(node: WorkflowNode, { retry }: ResolvedPolicy): Chip {
  const never = retry.maxAttempts <= 1;
  return {
    kind: "retry",
    text: never ? "no retry" : `${retry.maxAttempts}×`,
    meaning: never ? "Tried once, not retried" : `Tried up to ${retry.maxAttempts} times`,
    own: node.policy.retry !== undefined,
  };
}

function failureChip(node: WorkflowNode, { onFailure }: ResolvedPolicy): Chip {
  return {
    kind: "onFailure",
    text: outcomes[onFailure],
    meaning: `When it fails for good: ${outcomes[onFailure]}`,
    own: node.policy.onFailure !== undefined,
  };
}

/** The one line under a node's name: the key setting, as its type words it. */
export function summaryOf(node: WorkflowNode): string {
  const definition = getDefinition(node.type);
  if (definition === undefined) return "This version of Sluice does not know this type; its settings are kept.";
  try {
    return definition.summary(drawableConfig(definition, node));
  } catch {
    return "";
  }
}

import type { CompiledDocument } from "#lib/graph/compile.ts";
import { diffNodes } from "#lib/graph/diff.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** What of a node may be another although a step of it is under way: it is looked at when the next attempt is over, or by people only. */
const harmless = [
  "name",
  "notes",
  "position",
  "critical",
  "policy.retry",
  "policy.timeoutMs",
  "policy.deadlineMs",
  "policy.validateOutput",
];
/** Looked at when a step has failed for good, and when what it did is undone. */
const beforeItsEnd = ["policy.onFailure", "policy.compensate"];

/**
 * The settings in which two versions of a node differ and on which a step that has begun depends, by their paths. `open`: it has not
 * failed yet and made no call, so that what becomes of a failure may be another.
 */
export function changesThatBind(before: WorkflowNode, after: WorkflowNode, { open }: { open: boolean }): string[] {
  const free = open ? [...harmless, ...beforeItsEnd] : harmless;
  return changed(before, after).filter((path) => !free.some((one) => path === one || path.startsWith(`${one}.`)));
}

/** The settings that say what a node does and gives, by their paths, where they differ. */
export function changesOfResult(before: WorkflowNode, after: WorkflowNode): string[] {
  return changed(before, after).filter((path) => /^(type|typeVersion|config|connectionId|disabled)(\.|$)/.test(path));
}

/** Whether anything differs that a run would notice. */
export function isSame(before: WorkflowNode, after: WorkflowNode): boolean {
  return changed(before, after).every((path) => /^(name|notes|position|critical)(\.|$)/.test(path));
}

function changed(before: WorkflowNode, after: WorkflowNode): string[] {
  const [change] = diffNodes([withDefaults(before)], [withDefaults({ ...after, id: before.id })]);
  return change?.fields.map(({ path }) => path) ?? [];
}

/** A setting that is left out is the same as one that is set to its default. */
function withDefaults(node: WorkflowNode): WorkflowNode {
  const parsed = getDefinition(node.type)?.config.safeParse(node.config);
  return parsed?.success ? { ...node, config: parsed.data as JsonObject } : node; // safe because every config schema is an object schema
}

/** What differs inside of a loop, by name. */
export function bodyChanges(before: CompiledDocument, after: CompiledDocument, loopId: string): string[] {
  const [old, next] = [before.bodies.get(loopId), after.bodies.get(loopId)];
  const ids = new Set([...(old?.all ?? []), ...(next?.all ?? [])]);
  const nodes = [...ids].filter((id) => {
    const [a, b] = [before.nodes.get(id), after.nodes.get(id)];
    return !a || !b || !old?.all.has(id) || !next?.all.has(id) || !isSame(a, b);
  });
  const changed = nodes.map((id) => `"${(before.nodes.get(id) ?? after.nodes.get(id))?.name ?? id}"`);
  return wiresInside(before, loopId, ids) === wiresInside(after, loopId, ids) ? changed : [...changed, "its wires"];
}

function wiresInside(compiled: CompiledDocument, loopId: string, ids: ReadonlySet<string>): string {
  const wires = compiled.document.edges.filter((edge) => (edge.source === loopId || ids.has(edge.source)) && ids.has(edge.target));
  return wires
    .map((edge) => JSON.stringify([edge.source, edge.sourcePort, edge.target]))
    .toSorted()
    .join(" ");
}

/** The wires into a node and what several of them mean, to be compared. */
export function wiresInto(compiled: CompiledDocument, nodeId: string): string {
  const wires = (compiled.incoming.get(nodeId) ?? []).map((edge) => JSON.stringify([edge.source, edge.sourcePort]));
  return `${compiled.joins.get(nodeId) ?? "some"} ${wires.toSorted().join(" ")}`;
}

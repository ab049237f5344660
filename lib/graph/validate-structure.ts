import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import type { CompiledDocument } from "./compile.ts";
import { settingsSchema, type WorkflowEdge } from "./document.ts";
import { errorAt, problemsOf } from "./problem.ts";
import { checkArrivals } from "./validate-arrivals.ts";

/** Ids, edges, ports, cycles, triggers, and the settings of the whole. */
export function checkStructure(compiled: CompiledDocument): DocumentProblem[] {
  return [
    ...checkIds(compiled),
    ...checkEdges(compiled),
    ...checkCycles(compiled),
    ...checkTriggers(compiled),
    ...checkSettings(compiled),
    ...checkArrivals(compiled),
  ];
}

function checkSettings({ document }: CompiledDocument): DocumentProblem[] {
  const parsed = settingsSchema.safeParse(document.settings);
  return parsed.success ? [] : problemsOf(parsed.error.issues, "settings", null);
}

function checkIds({ document }: CompiledDocument): DocumentProblem[] {
  const nodeIds = new Set<string>();
  const edgeIds = new Set<string>();
  const problems: DocumentProblem[] = [];
  for (const [index, { id }] of document.nodes.entries()) {
    if (nodeIds.has(id)) problems.push(errorAt(`nodes.${index}.id`, `another node has the id ${id} already`, id));
    nodeIds.add(id);
  }
  for (const [index, { id }] of document.edges.entries()) {
    if (edgeIds.has(id)) problems.push(errorAt(`edges.${index}.id`, `another edge has the id ${id} already`));
    edgeIds.add(id);
  }
  return problems;
}

function checkEdges(compiled: CompiledDocument): DocumentProblem[] {
  const seen = new Set<string>();
  return compiled.document.edges.flatMap((edge, index) => {
    const path = `edges.${index}`;
    const wire = JSON.stringify([edge.source, edge.sourcePort, edge.target]);
    const repeated = seen.has(wire) ? [errorAt(path, "the same two nodes are connected twice at the same port", edge.source)] : [];
    seen.add(wire);
    return [...repeated, ...checkEnds(compiled, edge, path)];
  });
}

function checkEnds(compiled: CompiledDocument, edge: WorkflowEdge, path: string): DocumentProblem[] {
  const source = compiled.nodes.get(edge.source);
  const target = compiled.nodes.get(edge.target);
  const problems: DocumentProblem[] = [];
  if (!source) problems.push(errorAt(`${path}.source`, `there is no node ${edge.source}`));
  if (!target) problems.push(errorAt(`${path}.target`, `there is no node ${edge.target}`));
  if (target && getDefinition(target.type)?.category === "trigger")
    problems.push(errorAt(`${path}.target`, "a trigger starts runs; nothing can lead to it", target.id));
  const ports = source ? portsOf(source.type, source.config) : null;
  if (source && ports && !ports.includes(edge.sourcePort)) {
    problems.push(errorAt(`${path}.sourcePort`, `the node has no output ${edge.sourcePort}, only ${ports.join(", ")}`, source.id));
  }
  return problems;
}

/** The ports of a node; null when its type is unknown or its config too broken to tell. */
function portsOf(type: string, config: unknown): string[] | null {
  const definition = getDefinition(type);
  if (!definition) return null;
  const parsed = definition.config.safeParse(config);
  try {
    return definition.ports(parsed.success ? parsed.data : config).map((port) => port.name);
  } catch {
    return null;
  }
}

function checkCycles(compiled: CompiledDocument): DocumentProblem[] {
  const ordered = new Set(compiled.order);
  const left = new Set([...compiled.nodes.keys()].filter((id) => !ordered.has(id)));
  // What merely hangs behind a cycle has no way back into it: peel it off from the end.
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const id of left) if (!compiled.outgoing.get(id)?.some((edge) => left.has(edge.target))) left.delete(id);
  }
  return compiled.document.nodes.flatMap((node, index) =>
    left.has(node.id) ? [errorAt(`nodes.${index}`, "this node leads back to itself", node.id)] : [],
  );
}

function checkTriggers({ triggers }: CompiledDocument): DocumentProblem[] {
  const enabled = triggers.filter((node) => !node.disabled);
  return enabled.length === 0 ? [errorAt("nodes", "nothing starts this workflow: add a trigger")] : [];
}

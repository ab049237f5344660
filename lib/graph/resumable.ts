import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { CompiledDocument } from "./compile.ts";
import type { WorkflowDocument } from "./document.ts";

/** A node whose step a link completes, and how many loops it stands in: so long is the part of an iteration that names it. */
export interface Resumable {
  nodeId: string;
  depth: number;
}

/**
 * Of which nodes a node sees the link, as `run.resumeUrls.<id>`: those that wait for a call back and stand in no loop that
 * the node does not stand in too. Of any other there is a link for each item, and it could not be told which is meant.
 */
export function resumableFrom(compiled: CompiledDocument): (nodeId: string) => Resumable[] {
  const waiting = waitingNodes(compiled.document).map((nodeId) => ({ nodeId, loops: loopsAround(compiled, nodeId) }));
  return (nodeId) => {
    if (waiting.length === 0) return [];
    const around = new Set(loopsAround(compiled, nodeId));
    return waiting
      .filter(({ loops }) => loops.every((loop) => around.has(loop)))
      .map(({ nodeId, loops }) => ({ nodeId, depth: loops.length }));
  };
}

function loopsAround(compiled: CompiledDocument, nodeId: string): string[] {
  const loops: string[] = [];
  for (let loop = compiled.loopOf.get(nodeId); loop !== undefined && !loops.includes(loop); loop = compiled.loopOf.get(loop))
    loops.push(loop);
  return loops;
}

function waitingNodes(document: WorkflowDocument): string[] {
  return document.nodes
    .filter(({ type, config }) => {
      const definition = getDefinition(type);
      const parsed = definition?.awaits && definition.config.safeParse(config);
      return definition?.awaits && parsed?.success && definition.awaits(parsed.data).signal === "callback";
    })
    .map(({ id }) => id);
}

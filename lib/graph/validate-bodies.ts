import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { own } from "#lib/shared/json.ts";
import type { LoopBody } from "./bodies.ts";
import type { CompiledDocument } from "./compile.ts";
import type { WorkflowEdge } from "./document.ts";
import { effectOf } from "./effect.ts";
import { errorAt, warningAt } from "./problem.ts";

/** Loops and their bodies: what may lead into one, and what may be in it. */
export function checkBodies(compiled: CompiledDocument): DocumentProblem[] {
  if (compiled.bodies.size === 0) return [];
  return [
    ...compiled.document.edges.flatMap((edge, index) => checkEntry(compiled, edge, `edges.${index}`)),
    ...compiled.document.nodes.flatMap((node, index) => {
      const body = compiled.bodies.get(node.id);
      const loopId = compiled.loopOf.get(node.id);
      const path = `nodes.${index}`;
      return [
        ...(body ? checkBody(compiled, node.id, body, path) : []),
        ...(loopId === undefined || node.type !== "respond"
          ? []
          : [errorAt(path, `a run answers once, so this cannot stand inside the loop ${nameOf(compiled, loopId)}`, node.id)]),
      ];
    }),
  ];
}

/** A body is entered by the loop alone: whatever else led into it could not say for which item it comes. */
function checkEntry(compiled: CompiledDocument, edge: WorkflowEdge, path: string): DocumentProblem[] {
  for (const [loopId, body] of compiled.bodies) {
    if (!body.all.has(edge.target) || body.all.has(edge.source)) continue;
    const isLoop = edge.source === loopId;
    if (isLoop && edge.sourcePort === body.port) continue;
    const [loop, target] = [nameOf(compiled, loopId), nameOf(compiled, edge.target)];
    const message = isLoop
      ? `${target} runs once for each item of ${loop}, so its ${edge.sourcePort} output cannot lead there too`
      : `${target} runs once for each item of ${loop}: only nodes of the loop may lead to it; go on behind its done output`;
    return [errorAt(path, message, edge.target)];
  }
  return [];
}

function checkBody(compiled: CompiledDocument, loopId: string, body: LoopBody, path: string): DocumentProblem[] {
  const node = compiled.nodes.get(loopId);
  if (!node || node.disabled) return [];
  const problems: DocumentProblem[] = [];
  if (body.own.length === 0)
    problems.push(warningAt(path, `nothing is connected to the ${body.port} output, so nothing is done for the items`, loopId));
  if (own(node.config, "results") !== undefined) problems.push(...checkResults(compiled, loopId, body, `${path}.config.results`));
  return problems;
}

/** Items that a batch rejects are run again alone: with all of the body, so all of it must bear that. */
function checkResults(compiled: CompiledDocument, loopId: string, body: LoopBody, path: string): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  if (body.own.length > 0 && body.last.length !== 1)
    problems.push(errorAt(path, `the body must end in one node, whose output is judged; it ends in ${named(compiled, body.last)}`, loopId));
  const doubled = [...body.all].filter((id) => isDoubled(compiled, id));
  if (doubled.length > 1) {
    const message = `what a batch rejects is run again item by item, which would repeat ${named(compiled, doubled)}: only one node of the body may make a call that a repeat doubles`;
    problems.push(errorAt(path, message, loopId));
  }
  const [last] = body.last;
  if (doubled.length === 1 && last !== undefined && doubled[0] !== last)
    problems.push(
      warningAt(path, `a redrive of an item that was rejected starts at ${nameOf(compiled, last)}, and makes no call again`, loopId),
    );
  return problems;
}

/** Whether a repeat under another key would do twice what the node does. */
function isDoubled(compiled: CompiledDocument, nodeId: string): boolean {
  const node = compiled.nodes.get(nodeId);
  const effect = node && !node.disabled ? effectOf(node) : null;
  return effect === "unsafe" || effect === "keyed" || effect === "reconcilable";
}

function named(compiled: CompiledDocument, ids: string[]): string {
  return ids.length === 0 ? "none" : ids.map((id) => nameOf(compiled, id)).join(", ");
}

function nameOf(compiled: CompiledDocument, nodeId: string): string {
  return compiled.nodes.get(nodeId)?.name ?? nodeId;
}

"use client";

import { plural } from "#components/ui/format.ts";
import { lookOfStep } from "#components/ui/status.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { incomingOf, indexDocument, nodeOf, outgoingOf } from "../document-index.ts";
import { portsToDraw } from "../node-ports.ts";
import type { NodeRun } from "../run-overlay.ts";
import { problemsOf, useEditor } from "../use-editor.ts";

/** What a screen reader says of a node: type, name, place in the flow, wires by name, status, problems. */
export function useStepLabel(node: WorkflowNode): string {
  return useEditor((state) => describeStep(state.document, node, state.overlay?.nodes.get(node.id), problemsOf(state.problems, node.id)));
}

export function describeStep(
  document: WorkflowDocument,
  node: WorkflowNode,
  run: NodeRun | undefined,
  problems: DocumentProblem[],
): string {
  return [node.name, ...stepFacts(document, node, run, problems)].join(", ");
}

/** All that is to be said of a node besides its name. */
export function stepFacts(document: WorkflowDocument, node: WorkflowNode, run: NodeRun | undefined, problems: DocumentProblem[]): string[] {
  const { places } = indexDocument(document);
  const facts = [
    getDefinition(node.type)?.title ?? node.type,
    `step ${places.get(node.id) ?? 0} of ${document.nodes.length}`,
    ...wireWords(document, node),
    node.disabled ? "disabled" : null,
    run === undefined ? null : lookOfStep(run).label.toLowerCase(),
    problemWords(problems),
  ];
  return facts.filter((fact) => fact !== null);
}

/** A count alone would send people to look for what it counts. */
function problemWords([first, ...others]: DocumentProblem[]): string | null {
  if (first === undefined) return null;
  const kind = first.severity === "error" ? "error" : "warning";
  return `${kind}: ${first.message}${others.length === 0 ? "" : `, and ${plural(others.length, "other problem")}`}`;
}

function wireWords(document: WorkflowDocument, node: WorkflowNode): string[] {
  const nameOf = (id: string) => nodeOf(document, id)?.name ?? id;
  const from = incomingOf(document, node.id).map((edge) => nameOf(edge.source));
  const ports = portsToDraw(document, node);
  const outputs = ports.flatMap((port) => {
    const targets = outgoingOf(document, node.id).filter((edge) => edge.sourcePort === port.name);
    if (targets.length === 0) return [];
    const names = targets.map((edge) => nameOf(edge.target)).join(" and ");
    return [ports.length === 1 ? `to ${names}` : `${port.label} to ${names}`];
  });
  return [...(from.length === 0 ? [] : [`from ${from.join(" and ")}`]), ...outputs];
}

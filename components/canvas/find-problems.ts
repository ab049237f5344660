import type { WorkflowDocument } from "#lib/graph/document.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { plainMessage } from "./plain-message.ts";

const deletedConnection = "this connection does not exist; choose another one";

/** What is wrong with a document, errors first. `connections` are those that exist; empty while they are not known. */
export function findProblems(document: WorkflowDocument, connections: ReadonlySet<string>): DocumentProblem[] {
  const missing = document.nodes.flatMap((node, index): DocumentProblem[] => {
    if (node.connectionId === null || connections.size === 0 || connections.has(node.connectionId)) return [];
    return [{ path: `nodes.${index}.connectionId`, message: deletedConnection, severity: "error", nodeId: node.id }];
  });
  const rank = (problem: DocumentProblem) => (problem.severity === "error" ? 0 : 1);
  const found = validateDocument(document).map((problem) => ({ ...problem, message: plainMessage(problem.message) }));
  return [...found, ...missing].toSorted((a, b) => rank(a) - rank(b));
}

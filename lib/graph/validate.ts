import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { compileDocument } from "./compile.ts";
import type { WorkflowDocument } from "./document.ts";
import { lintReliability } from "./reliability.ts";
import { checkExpressions } from "./validate-expressions.ts";
import { checkNodes } from "./validate-nodes.ts";
import { checkStructure } from "./validate-structure.ts";

/**
 * Everything that is wrong with a document, or risky in it. Errors block publishing; warnings do not. Nothing is ever
 * corrected on the way: what is out of range is told. The same in the browser and on the server.
 */
export function validateDocument(document: WorkflowDocument): DocumentProblem[] {
  const compiled = compileDocument(document);
  const problems = [...checkStructure(compiled), ...checkNodes(compiled), ...checkExpressions(compiled), ...lintReliability(compiled)];
  const disabled = new Set(document.nodes.filter((node) => node.disabled).map((node) => node.id));
  // A disabled node is not run, so what is wrong inside it need not stop anybody.
  return problems.map((problem) =>
    problem.severity === "error" && problem.nodeId !== null && disabled.has(problem.nodeId) && isInside(problem)
      ? { ...problem, severity: "warning" }
      : problem,
  );
}

function isInside(problem: DocumentProblem): boolean {
  return /^nodes\.\d+\.(config|policy)(\.|$)/.test(problem.path);
}

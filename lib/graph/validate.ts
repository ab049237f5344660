import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { compileDocument } from "./compile.ts";
import type { WorkflowDocument } from "./document.ts";
import { lintReliability } from "./reliability.ts";
import { checkBodies } from "./validate-bodies.ts";
import { checkExpressions } from "./validate-expressions.ts";
import { checkNodes } from "./validate-nodes.ts";
import { checkStructure } from "./validate-structure.ts";

/**
 * Everything that is wrong with a document, or risky in it. Errors block publishing; warnings do not. Nothing is ever
 * corrected on the way: what is out of range is told. The same in the browser and on the server.
 */
export function validateDocument(document: WorkflowDocument): DocumentProblem[] {
  const compiled = compileDocument(document);
  const inNodes = checkNodes(compiled);
  const refused = new Set(inNodes.flatMap(({ severity, path }) => (severity === "error" ? [path] : [])));
  return [
    ...checkStructure(compiled),
    ...checkBodies(compiled),
    ...inNodes,
    // What may not be there as it is, an empty condition say, need not be read as an expression too.
    ...checkExpressions(compiled).filter(({ path }) => !refused.has(path)),
    ...lintReliability(compiled),
  ];
}

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
  return [
    ...checkStructure(compiled),
    ...checkBodies(compiled),
    ...checkNodes(compiled),
    ...checkExpressions(compiled),
    ...lintReliability(compiled),
  ];
}

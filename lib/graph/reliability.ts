import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { type CompiledDocument, compileDocument } from "./compile.ts";
import type { WorkflowDocument } from "./document.ts";
import type { Finding, LintRule } from "./lint/rule.ts";
import { lintRules } from "./lint/rules.ts";
import { warningAt } from "./problem.ts";

/** What would go wrong only on a bad day: effects that a repeat doubles, deliveries that cannot be told apart, lost items. */
export function lintReliability(compiled: CompiledDocument): DocumentProblem[] {
  const places = new Map(compiled.document.nodes.map((node, index) => [node.id, index]));
  const found = lintRules.flatMap((rule) =>
    rule.find(compiled).map((finding) => ({ rule, finding, at: places.get(finding.node.id) ?? 0 })),
  );
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ rule, finding, at }) => ({ ...warningAt(pathOf(at, finding.field), finding.message, finding.node.id), rule: rule.id }));
}

function pathOf(index: number, field: string): string {
  return field === "" ? `nodes.${index}` : `nodes.${index}.${field}`;
}

export interface ProblemHelp {
  why: string;
  /** What one click would make of the document; null when a person has to decide. */
  mend: { label: string; apply(document: WorkflowDocument): WorkflowDocument } | null;
}

/** The reason behind a problem that a rule found, and its mend in this document; null for any other problem. */
export function helpFor(document: WorkflowDocument, problem: DocumentProblem): ProblemHelp | null {
  const rule = lintRules.find(({ id }) => id === problem.rule);
  if (!rule) return null;
  const finding = findAgain(rule, document, problem);
  const mend = rule.mend !== null && finding?.mend ? { label: rule.mend, apply: finding.mend } : null;
  return { why: rule.why, mend };
}

function findAgain(rule: LintRule, document: WorkflowDocument, problem: DocumentProblem): Finding | undefined {
  const index = document.nodes.findIndex(({ id }) => id === problem.nodeId);
  return rule
    .find(compileDocument(document))
    .find((finding) => finding.node.id === problem.nodeId && pathOf(index, finding.field) === problem.path);
}

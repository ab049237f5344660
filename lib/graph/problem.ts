import type * as z from "zod";
import type { DocumentProblem } from "#lib/shared/api-types.ts";

/** A problem that blocks publishing. */
export function errorAt(path: string, message: string, nodeId: string | null = null): DocumentProblem {
  return { path, message, severity: "error", nodeId };
}

/** A problem that does not. */
export function warningAt(path: string, message: string, nodeId: string | null = null): DocumentProblem {
  return { path, message, severity: "warning", nodeId };
}

/** zod's issues as problems, with dotted paths below `base`; an unknown key is named in the path. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], base: string, nodeId: string | null): DocumentProblem[] {
  return issues.flatMap((issue) => {
    const path = [base, ...issue.path.map(String)].join(".");
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => errorAt(`${path}.${key}`, "there is no such setting", nodeId));
    return [errorAt(path, issue.message, nodeId)];
  });
}

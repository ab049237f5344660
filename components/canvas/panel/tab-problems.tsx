"use client";

import { CircleAlert, TriangleAlert } from "lucide-react";
import { Suspense } from "react";
import { lazyPart } from "#components/ui/lazy.tsx";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { useProblems } from "../use-editor.ts";
import { localPath } from "./node-editing.ts";

const ProblemHelpRow = lazyPart(async () => (await import("../header/problem-help.tsx")).ProblemHelpRow);

/** Above the settings of a tab: what is risky in them, with why and the mend, and what no single field can show. Errors stand at their fields. */
export function TabProblems({ nodeId, tab }: { nodeId: string; tab: "settings" | "reliability" }) {
  const problems = useProblems(nodeId);
  const here = problems.filter(
    (problem) => standsAbove(problem) && localPath(problem.path).startsWith("policy") === (tab === "reliability"),
  );
  if (here.length === 0) return null;
  return (
    <ul aria-label="What to look at" className="divide-y rounded-md border">
      {here.map((problem) => (
        <li key={`${problem.path} ${problem.message}`}>
          <Line problem={problem} />
          <Suspense>{problem.rule === undefined ? null : <ProblemHelpRow problem={problem} />}</Suspense>
        </li>
      ))}
    </ul>
  );
}

function standsAbove({ severity, path }: DocumentProblem): boolean {
  return severity === "warning" || !/^(config|policy|connectionId)(\.|$)/.test(localPath(path));
}

function Line({ problem }: { problem: DocumentProblem }) {
  const isError = problem.severity === "error";
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <p className="flex items-start gap-2 px-2 py-1.5">
      <Icon aria-hidden className={isError ? "mt-0.75 size-3.5 shrink-0 text-danger" : "mt-0.75 size-3.5 shrink-0 text-retrying"} />
      <span className="min-w-0">
        <span className="sr-only">{isError ? "Error: " : "Warning: "}</span>
        {problem.message.charAt(0).toUpperCase() + problem.message.slice(1)}
      </span>
    </p>
  );
}

import type { Scope } from "#lib/expressions/scope.ts";
import type { Resumable } from "#lib/graph/resumable.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { EnginePorts } from "./ports.ts";
import type { RunState } from "./run-state.ts";

interface Links {
  run: Pick<RunState, "id" | "workspaceId">;
  /** What the step may see the links of. */
  resumable: readonly Resumable[];
  resumeUrl: EnginePorts["resumeUrl"];
}

/**
 * Adds `run.resumeUrls.<nodeId>`: the links that complete the steps that wait for a call back, as seen from an iteration.
 * They are known before those steps are reached, for it is an earlier request that hands them to the remote. A workflow
 * without such nodes pays nothing.
 */
export function withResumeUrls(scope: Scope, iteration: string, { run, resumable, resumeUrl }: Links): Scope {
  if (resumable.length === 0) return scope;
  const { id: runId, workspaceId } = run;
  const around = iteration === "" ? [] : iteration.split("/");
  const links = resumable.map(({ nodeId, depth }) => {
    const theirs = around.slice(0, depth).join("/");
    return [nodeId, resumeUrl({ workspaceId, runId, nodeId, iteration: theirs })] as const;
  });
  const resumeUrls: JsonObject = Object.fromEntries(links);
  return { ...scope, run: { ...scope.run, resumeUrls } };
}

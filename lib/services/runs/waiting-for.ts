import type { WorkflowDocument } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { WaitingFor } from "#lib/shared/waiting-types.ts";
import type { ContextWith } from "../context.ts";
import { may } from "../permissions.ts";

interface WaitingStep {
  id: string;
  runId: string;
  nodeId: string;
  iteration: string;
  input: JsonValue;
  output: JsonValue;
}

/** What a waiting step waits for from outside, and who can bring it. Null for a step that waits for nothing of the kind. */
export function waitingFor(ctx: ContextWith<"links">, document: WorkflowDocument, step: WaitingStep): WaitingFor | null {
  const node = document.nodes.find(({ id }) => id === step.nodeId);
  const definition = node && getDefinition(node.type);
  const parsed = definition?.awaits && definition.config.safeParse(node?.config);
  if (!definition?.awaits || !parsed?.success) return null;
  const { signal } = definition.awaits(parsed.data);
  const { runId, nodeId, iteration } = step;
  const isLinked = signal === "callback" && may(ctx.actor, "runs:write");
  const input = isJsonObject(step.input) ? step.input : {};
  const progress = isJsonObject(step.output) ? step.output : {};
  return {
    callbackUrl: isLinked ? ctx.links.url({ workspaceId: ctx.workspaceId, runId, nodeId, iteration }) : null,
    approval:
      signal === "approval"
        ? {
            id: step.id,
            message: typeof input.message === "string" ? input.message : "",
            assignees: Array.isArray(input.assignees) ? input.assignees.filter((assignee) => typeof assignee === "string") : [],
          }
        : null,
    polls: typeof progress.polls === "number" ? { made: progress.polls, failed: Number(progress.failedPolls ?? 0) } : null,
  };
}

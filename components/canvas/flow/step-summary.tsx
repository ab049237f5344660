"use client";

import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { workflowsQuery } from "#components/api/workflows.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { summaryOf } from "../policy-summary.ts";
import { lookOfPoll } from "../poll/poll-look.ts";
import { useEditor } from "../use-editor.ts";

/** The key setting of a step in one line; of a step that calls a workflow, which one, with the way there. */
export function StepSummary({ node }: { node: WorkflowNode }) {
  const { workflowId } = node.config;
  if (node.type === "sub-workflow" && typeof workflowId === "string" && workflowId !== "") {
    return <CalledWorkflow workflowId={workflowId} waits={node.config.wait !== false} />;
  }
  const summary = summaryOf(node);
  if (node.type === "poll") return <PollSummary nodeId={node.id} summary={summary} />;
  return (
    <p className="h-6 truncate px-3 text-fg-muted text-sm leading-5" title={summary}>
      {summary}
    </p>
  );
}

/** With a mark when it does not poll well, for nothing on the canvas would show it otherwise. */
function PollSummary({ nodeId, summary }: { nodeId: string; summary: string }) {
  const poll = useEditor((state) => state.polls.get(nodeId));
  const look = poll === undefined || poll.lastError === null ? null : lookOfPoll(poll);
  return (
    <div className="flex h-6 items-start gap-2 px-3 text-fg-muted text-sm leading-5">
      <p className="min-w-0 flex-1 truncate" title={summary}>
        {summary}
      </p>
      {look === null ? null : (
        <span data-hint={poll?.lastError?.message} className="flex shrink-0">
          <StatusBadge look={look} plain />
        </span>
      )}
    </div>
  );
}

function CalledWorkflow({ workflowId, waits }: { workflowId: string; waits: boolean }) {
  const { data } = useQuery(workflowsQuery);
  const name = data?.items.find((workflow) => workflow.id === workflowId)?.name ?? "a workflow";
  return (
    <p className="flex h-6 min-w-0 items-start gap-1 px-3 text-fg-muted text-sm leading-5">
      <span className="shrink-0">{waits ? "Calls" : "Starts"}</span>
      <Link
        href={`/workflows/${workflowId}`}
        tabIndex={-1}
        className="nodrag nopan inline-flex min-w-0 items-center gap-1 text-fg underline decoration-edge underline-offset-2 hover:decoration-accent"
        onClick={(event) => event.stopPropagation()}
      >
        <span className="truncate">{name}</span>
        <ExternalLink aria-hidden className="size-3 shrink-0" />
      </Link>
    </p>
  );
}

"use client";

import { CircleSlash, Pin, RotateCw, TriangleAlert } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import { TimeLeft } from "#components/ui/countdown.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { lookOfStep, type StatusTone } from "#components/ui/status.ts";
import { StatusIcon, toneClasses } from "#components/ui/status-badge.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { pinOf } from "../commands/pins.ts";
import { headerHeight } from "../geometry.ts";
import { NodeIcon } from "../node-icon.tsx";
import { resolvedPolicyOf } from "../policy-summary.ts";
import { type NodeRun, staleReason } from "../run-overlay.ts";
import { useChange, useEditor, useNodeRun, useProblems } from "../use-editor.ts";
import { StepName } from "./step-name.tsx";

const rings: Record<StatusTone, string> = {
  succeeded: "ring-succeeded",
  failed: "ring-failed",
  dead: "ring-dead",
  retrying: "ring-retrying",
  running: "ring-running",
  waiting: "ring-waiting",
  queued: "ring-control",
  duplicate: "ring-duplicate",
  canceled: "ring-control",
  canary: "ring-canary",
};

/** Icon with its status ring, name and type, badges, and how the last run went. */
export function StepHeader({ node }: { node: WorkflowNode }) {
  const run = useNodeRun(node.id);
  const tone = run === undefined ? null : lookOfStep(run).tone;
  const title = getDefinition(node.type)?.title ?? node.type;
  return (
    <div style={{ height: headerHeight }} className="flex items-center gap-2.5 px-2.5 in-data-far:items-start in-data-far:pt-1.5">
      <span
        className={cn(
          "flex size-7 shrink-0 items-center justify-center rounded-md bg-muted text-fg-muted",
          tone !== null && ["ring-2 ring-offset-1 ring-offset-bg", rings[tone]],
        )}
      >
        <NodeIcon type={node.type} className="size-4" />
      </span>
      <span className="min-w-0 flex-1">
        <StepName node={node} />
        <span className="flex items-center gap-1 truncate text-fg-subtle text-xs leading-3.5 in-data-far:hidden">
          <span className="truncate">{title}</span>
          <Badges node={node} />
        </span>
      </span>
      {run === undefined ? null : <RunMark run={run} node={node} />}
    </div>
  );
}

function Badges({ node }: { node: WorkflowNode }) {
  const problems = useProblems(node.id);
  const change = useChange(node.id);
  const stale = useEditor((state) => (state.overlay?.nodes.has(node.id) ? staleReason(state.overlay, node) : null));
  const pinned = useEditor((state) => pinOf(state.document, node.id) !== undefined);
  const errors = problems.some((problem) => problem.severity === "error");
  return (
    <>
      {change === null ? null : (
        <Mark label={change === "new" ? "New since the published version" : "Changed since the published version"}>
          <span className="block size-1.5 rounded-full bg-accent" />
        </Mark>
      )}
      {stale === null ? null : <Mark label={stale}>edited</Mark>}
      {pinned ? (
        <Mark label="Pinned: tests take its pinned output and do not run it. Live runs do not look at it.">
          <Pin aria-hidden className="size-3 text-waiting" />
          <span className="sr-only">pinned for tests</span>
        </Mark>
      ) : null}
      {node.disabled ? (
        <Mark label="Disabled: the run goes past it">
          <CircleSlash aria-hidden className="size-3" />
        </Mark>
      ) : null}
      {problems.length > 0 ? (
        <Mark label={problems.map((problem) => problem.message).join("\n")}>
          <TriangleAlert aria-hidden className={cn("size-3", errors ? "text-danger" : "text-retrying")} />
        </Mark>
      ) : null}
    </>
  );
}

function Mark({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <span data-hint={label} className="inline-flex shrink-0 items-center">
      {children}
    </span>
  );
}

function RunMark({ run, node }: { run: NodeRun; node: WorkflowNode }) {
  const look = lookOfStep(run);
  const tone = toneClasses[look.tone];
  return (
    <Tooltip content={<RunWords run={run} node={node} />}>
      <span className={cn("flex shrink-0 flex-col items-end gap-px text-xs leading-3.5", tone.text)}>
        <span className="flex items-center gap-1">
          {run.iterations > 1 ? <span className="tabular-nums">{run.iterations}×</span> : null}
          <StatusIcon look={look} />
        </span>
        <RunTime run={run} node={node} />
      </span>
    </Tooltip>
  );
}

function RunTime({ run, node }: { run: NodeRun; node: WorkflowNode }) {
  if (run.status === "waiting" && run.wakeAt !== null) {
    return (
      <span className="flex items-center gap-0.5">
        {run.waitReason === "retry" ? <AttemptCount run={run} node={node} /> : null}
        <time dateTime={run.wakeAt} className="whitespace-nowrap tabular-nums">
          <TimeLeft until={run.wakeAt} />
        </time>
      </span>
    );
  }
  if (run.status === "running") return <Duration since={run.startedAt} className="text-xs" />;
  if (run.durationMs === null || run.status === "skipped") return null;
  return <Duration ms={run.durationMs} className="text-xs text-fg-subtle" />;
}

function AttemptCount({ run, node }: { run: NodeRun; node: WorkflowNode }) {
  return (
    <span className="flex items-center gap-0.5 tabular-nums">
      <RotateCw aria-hidden className="size-2.5" />
      {run.attempts}/{resolvedPolicyOf(node)?.retry.maxAttempts ?? "?"}
    </span>
  );
}

function RunWords({ run, node }: { run: NodeRun; node: WorkflowNode }) {
  const max = resolvedPolicyOf(node)?.retry.maxAttempts;
  const attempts = run.attempts > 1 || run.waitReason === "retry" ? `, attempt ${run.attempts} of ${max ?? "?"}` : "";
  return (
    <span className="block">
      <span className="font-medium">
        {lookOfStep(run).label}
        {attempts}
      </span>
      {run.error === null ? null : <span className="block wrap-anywhere">{run.error.message}</span>}
    </span>
  );
}

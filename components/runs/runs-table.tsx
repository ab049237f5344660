"use client";

import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { formatDuration, sentence, shortId } from "#components/ui/format.ts";
import { lookOfRun } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { triggerWords } from "./words.ts";

const columns: readonly Column<RunSummary>[] = [
  { id: "status", header: "Status", className: "w-px", cell: (run) => <StatusBadge look={lookOfRun(run)} plain /> },
  { id: "workflow", header: "Workflow", primary: true, className: "max-w-0 w-[30%] min-w-32", cell: (run) => run.workflowName },
  { id: "version", header: "Version", className: "w-px hidden md:table-cell", cell: (run) => <Version run={run} /> },
  {
    id: "trigger",
    header: "Trigger",
    className: "hidden lg:table-cell",
    cell: (run) => <span className="text-fg-muted">{triggerWords(run.triggerType)}</span>,
  },
  {
    id: "error",
    header: "Error",
    className: "hidden xl:table-cell max-w-0 w-[26%]",
    cell: (run) => (
      <span className="block truncate text-fg-muted" title={run.error?.message}>
        {run.error ? sentence(run.error.message) : null}
      </span>
    ),
  },
  {
    id: "id",
    header: "Run",
    className: "hidden lg:table-cell",
    cell: (run) => (
      <span className="font-mono text-fg-subtle text-sm" title={run.id}>
        {shortId(run.id)}
      </span>
    ),
  },
  {
    id: "started",
    header: "Received",
    align: "right",
    className: "max-sm:pr-4",
    cell: (run) => <Time at={run.createdAt} className="text-fg-muted" />,
  },
  {
    id: "wait",
    header: "Queued for",
    align: "right",
    className: "hidden lg:table-cell",
    cell: (run) => <span className="text-fg-muted">{run.queueMs === null ? "–" : formatDuration(run.queueMs)}</span>,
  },
  {
    id: "duration",
    header: "Duration",
    align: "right",
    className: "hidden sm:table-cell",
    cell: (run) => <Duration ms={run.durationMs} since={run.startedAt} />,
  },
];

function Version({ run }: { run: RunSummary }) {
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap text-fg-muted">
      {run.version === null ? (
        "Draft"
      ) : (
        <Link
          href={`/runs?workflow=${run.workflowId}&version=${run.version}`}
          className="relative z-10 rounded hover:text-fg hover:underline"
        >
          v{run.version}
        </Link>
      )}
      {run.mode === "test" ? <Badge>Test</Badge> : null}
      {run.partial ? <Badge tone="amber">Partial</Badge> : null}
    </span>
  );
}

/** The rows of the run list. */
export function RunsTable({ rows, onKey }: { rows: readonly RunSummary[]; onKey: (key: string, run: RunSummary) => void }) {
  return (
    <DataTable
      label="Runs"
      rows={rows}
      columns={columns}
      rowKey={(run) => run.id}
      rowName={(run) => `${run.workflowName}, ${lookOfRun(run).label}, run ${shortId(run.id)}`}
      href={(run) => `/runs/${run.id}`}
      onRowKey={onKey}
    />
  );
}

import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { formatCount, formatDuration, sentence, shortId } from "#components/ui/format.ts";
import { lookOfRun } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { triggerWords } from "./words.ts";

export type RunColumn = Column<RunSummary> & { header: string };

const muted = "text-fg-muted";
const mono = "block max-w-44 truncate font-mono text-fg-subtle text-sm";

/** Everything the list can show of a run. The workflow's name is the link of the row and always there. */
export const runColumns: readonly RunColumn[] = [
  { id: "status", header: "Status", className: "w-px", cell: (run) => <StatusBadge look={lookOfRun(run)} plain /> },
  {
    id: "workflow",
    header: "Workflow",
    primary: true,
    className: "max-w-0 w-[30%] min-w-32 max-sm:w-full",
    cell: (run) => <span className={cn("block truncate", run.error && "max-xl:pt-1")}>{run.workflowName}</span>,
    // Narrower there is no column for it; beside a peek, which shows it, there must be no second line that moves the list.
    under: (run) =>
      run.error ? <span className="block truncate pb-1 text-fg-muted text-sm xl:hidden">{sentence(run.error.message)}</span> : null,
  },
  { id: "version", header: "Version", className: "w-px hidden @2xl:table-cell", cell: (run) => <Version run={run} /> },
  {
    id: "trigger",
    header: "Trigger",
    className: "hidden @3xl:table-cell",
    cell: (run) => <span className={muted}>{triggerWords(run.triggerType)}</span>,
  },
  {
    id: "error",
    header: "Error",
    className: "hidden @5xl:table-cell max-w-0 w-[26%]",
    cell: (run) => (
      <span className="block truncate text-fg-muted" title={run.error?.message}>
        {run.error ? sentence(run.error.message) : null}
        {run.gathersUntil ? (
          <>
            Waits for more events, else starts <Time at={run.gathersUntil} />
          </>
        ) : null}
      </span>
    ),
  },
  {
    id: "key",
    header: "Event key",
    className: "hidden @5xl:table-cell",
    cell: (run) => (
      <span className={mono} title={run.dedupeKey ?? undefined}>
        {run.dedupeKey}
      </span>
    ),
  },
  {
    id: "id",
    header: "Run",
    className: "hidden @3xl:table-cell",
    cell: (run) => (
      <span className={mono} title={run.id}>
        {shortId(run.id)}
      </span>
    ),
  },
  {
    id: "attempts",
    header: "Attempts",
    align: "right",
    className: "hidden @5xl:table-cell",
    cell: (run) => <span className={muted}>{formatCount(run.attempts)}</span>,
  },
  {
    id: "received",
    header: "Received",
    align: "right",
    className: "max-sm:pr-4",
    cell: (run) => <Time at={run.createdAt} className={muted} />,
  },
  {
    id: "wait",
    header: "Queued for",
    align: "right",
    className: "hidden @3xl:table-cell",
    cell: (run) => <span className={muted}>{run.queueMs === null ? "–" : formatDuration(run.queueMs)}</span>,
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

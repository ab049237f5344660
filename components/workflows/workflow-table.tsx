"use client";

import { Ellipsis, GitBranch, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useDenied } from "#components/api/session.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { IconButton } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { runLooks } from "#components/ui/status.ts";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RolloutSummary } from "#lib/shared/api-rollouts.ts";
import type { WorkflowSummary } from "#lib/shared/api-types.ts";
import type { WorkflowActions } from "./actions.ts";
import { workflowLooks } from "./look.ts";
import type { RowDialog } from "./row-dialogs.tsx";

export interface WorkflowTableProps {
  rows: readonly WorkflowSummary[];
  actions: WorkflowActions;
  onDialog: (dialog: RowDialog) => void;
}

export function WorkflowTable({ rows, actions, onDialog }: WorkflowTableProps) {
  const router = useRouter();
  const columns: Column<WorkflowSummary>[] = [
    { id: "name", header: "Name", primary: true, className: "max-w-0 w-[34%] min-w-40", cell: (row) => row.name },
    { id: "state", header: "State", cell: (row) => <StateCell workflow={row} /> },
    { id: "trigger", header: "Starts on", className: "hidden lg:table-cell", cell: (row) => <TriggerCell workflow={row} /> },
    { id: "last", header: "Last run", className: "hidden sm:table-cell", cell: (row) => <LastRunCell workflow={row} /> },
    {
      id: "day",
      header: "24 h",
      className: "hidden xl:table-cell",
      cell: ({ runs24h }) => <Sparkline byHour={runs24h.byHour} words={dayWords(runs24h)} />,
    },
    { id: "failed", header: "Failed", align: "right", className: "hidden md:table-cell", cell: (row) => <FailedCell workflow={row} /> },
    { id: "dead", header: "In inbox", align: "right", className: "hidden sm:table-cell", cell: (row) => <DeadCell workflow={row} /> },
    {
      id: "on",
      header: <span className="sr-only">On or paused</span>,
      className: "w-12 hidden sm:table-cell",
      cell: (row) => <OnSwitch workflow={row} actions={actions} onDialog={onDialog} />,
    },
    {
      id: "menu",
      header: <span className="sr-only">Actions</span>,
      className: "w-12",
      cell: (row) => <RowMenu workflow={row} actions={actions} onDialog={onDialog} />,
    },
  ];
  return (
    <DataTable
      label="Workflows"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.id}
      rowName={(row) => `${row.name}, ${workflowLooks[row.state].label}`}
      href={(row) => `/workflows/${row.id}`}
      onRowKey={(key, row) => {
        if (key === "r") router.push(`/runs?workflow=${row.id}`);
        if (key === "F2") onDialog({ kind: "rename", workflow: row });
        if (key === "p" && row.state === "live") onDialog({ kind: "pause", workflow: row });
      }}
    />
  );
}

function dayWords({ total, failed }: WorkflowSummary["runs24h"]): string {
  return total === 0 ? "No runs in the last 24 hours" : `${plural(total, "run")} in the last 24 hours, ${failed} failed`;
}

function StateCell({ workflow }: { workflow: WorkflowSummary }) {
  return (
    <span className="flex items-center gap-1.5" title={workflow.pausedReason ?? undefined}>
      <StatusBadge look={workflowLooks[workflow.state]} plain />
      {workflow.liveVersion === null ? null : <span className="text-fg-subtle text-sm">v{workflow.liveVersion}</span>}
      {workflow.rollout ? <TrialBadge rollout={workflow.rollout} /> : null}
      {workflow.hasUnpublishedChanges && workflow.liveVersion !== null ? (
        <span className="hidden whitespace-nowrap text-fg-subtle text-sm md:inline">+ unpublished changes</span>
      ) : null}
    </span>
  );
}

function TrialBadge({ rollout }: { rollout: RolloutSummary }) {
  if (rollout.paused) {
    return (
      <Badge tone="amber" title={rollout.reason ?? undefined}>
        <TriangleAlert aria-hidden /> v{rollout.version} trial paused
      </Badge>
    );
  }
  return (
    <Badge tone="fuchsia">
      <GitBranch aria-hidden /> v{rollout.version} takes {rollout.percent} %
    </Badge>
  );
}

function TriggerCell({ workflow }: { workflow: WorkflowSummary }) {
  return (
    <span className="flex max-w-80 items-baseline gap-2 text-fg-muted">
      <span className="min-w-0 truncate" title={workflow.trigger}>
        {workflow.trigger || "–"}
      </span>
      {workflow.nextFireAt ? <Time at={workflow.nextFireAt} className="shrink-0 text-fg-subtle text-sm" /> : null}
    </span>
  );
}

function LastRunCell({ workflow }: { workflow: WorkflowSummary }) {
  if (!workflow.lastRun) return <span className="text-fg-subtle">Never</span>;
  const look = runLooks[workflow.lastRun.status];
  return (
    <span className="flex items-center gap-1.5">
      <Link
        href={`/runs/${workflow.lastRun.id}`}
        className="relative z-10 rounded"
        aria-label={`Last run: ${look.label}`}
        title={look.label}
      >
        <StatusIcon look={look} className="block" />
      </Link>
      <Time at={workflow.lastRun.at} className="text-fg-muted" />
    </span>
  );
}

function FailedCell({ workflow }: { workflow: WorkflowSummary }) {
  const { total, failed } = workflow.runs24h;
  if (failed === 0) return <span className="text-fg-subtle">–</span>;
  const percent = Math.round((failed / Math.max(1, total)) * 100);
  return <span title={`${failed} of ${total} runs in 24 hours`}>{percent === 0 ? "<1" : percent} %</span>;
}

function DeadCell({ workflow }: { workflow: WorkflowSummary }) {
  if (workflow.openDeadLetters === 0) return <span className="text-fg-subtle">–</span>;
  return (
    <Link
      href={`/inbox?workflow=${workflow.id}`}
      aria-label={`${workflow.openDeadLetters} waiting in the inbox`}
      className="relative z-10 inline-flex h-6 items-center rounded px-1.5 font-medium text-dead hover:bg-dead-tint"
    >
      {formatCount(workflow.openDeadLetters)}
    </Link>
  );
}

function OnSwitch({ workflow, actions, onDialog }: { workflow: WorkflowSummary } & Pick<WorkflowTableProps, "actions" | "onDialog">) {
  const denied = useDenied("workflows:operate");
  if (workflow.state === "draft" || workflow.state === "archived") return null;
  return (
    <span className="relative z-10 flex">
      <Switch
        aria-label={`${workflow.name} is on`}
        checked={workflow.state === "live"}
        disabled={denied !== null}
        onCheckedChange={(on) => (on ? void actions.resume(workflow) : onDialog({ kind: "pause", workflow }))}
      />
    </span>
  );
}

function RowMenu({ workflow, actions, onDialog }: { workflow: WorkflowSummary } & Pick<WorkflowTableProps, "actions" | "onDialog">) {
  const writeDenied = useDenied("workflows:write");
  const runDenied = useDenied("runs:write");
  const entries: MenuEntry[] = [
    { type: "link", label: "Open", href: `/workflows/${workflow.id}`, shortcut: "Enter" },
    {
      label: "Run now",
      disabledReason: runDenied ?? (workflow.liveVersion === null ? "Publish it first" : null),
      onSelect: () => void actions.runNow(workflow),
    },
    { type: "link", label: "Runs", href: `/runs?workflow=${workflow.id}`, shortcut: "r" },
    { type: "link", label: "Deliveries", href: `/workflows/${workflow.id}/deliveries` },
    { type: "separator" },
    { label: "Rename", shortcut: "F2", disabledReason: writeDenied, onSelect: () => onDialog({ kind: "rename", workflow }) },
    { label: "Duplicate", disabledReason: writeDenied, onSelect: () => void actions.duplicate(workflow) },
    { label: "Export as JSON", onSelect: () => void actions.exportJson(workflow) },
    { type: "separator" },
    ...(workflow.state === "archived"
      ? []
      : [{ label: "Archive", danger: true, disabledReason: writeDenied, onSelect: () => onDialog({ kind: "archive", workflow }) }]),
  ];
  return (
    <span className="relative z-10 flex justify-end">
      <Menu entries={entries} trigger={<IconButton label={`Actions of ${workflow.name}`} icon={<Ellipsis aria-hidden />} />} />
    </span>
  );
}

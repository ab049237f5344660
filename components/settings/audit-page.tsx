"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { Button } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { shortId } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AuditEntry } from "#lib/shared/api-types.ts";
import { auditQuery } from "./queries.ts";

const typeOptions = [
  { value: "all", label: "Everything" },
  { value: "workflow", label: "Workflows" },
  { value: "run", label: "Runs" },
  { value: "issue", label: "Issues" },
  { value: "dead_letter", label: "Dead letters" },
  { value: "connection", label: "Connections" },
  { value: "token", label: "API tokens" },
  { value: "member", label: "Members" },
  { value: "sandbox-target", label: "Sandbox" },
] as const;

/** "dead_letter.redriven" → "Dead letter redriven". */
function words(action: string): string {
  const text = action.replaceAll(/[._-]/g, " ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const columns: readonly Column<AuditEntry>[] = [
  { id: "at", header: "When", cell: (entry) => <Time at={entry.at} className="text-fg-muted" /> },
  {
    id: "actor",
    header: "Who",
    className: "max-w-0 w-[22%] min-w-28",
    cell: (entry) => <span className="block truncate">{entry.actor}</span>,
  },
  { id: "action", header: "What", cell: (entry) => <span className="whitespace-nowrap">{words(entry.action)}</span> },
  {
    id: "entity",
    header: "On",
    className: "hidden md:table-cell",
    cell: (entry) => <CopyText text={entry.entityId} label="id" display={shortId(entry.entityId)} className="text-fg-muted" />,
  },
  {
    id: "details",
    header: "Details",
    className: "hidden lg:table-cell max-w-0 w-[36%]",
    cell: (entry) => {
      const text = Object.keys(entry.details).length === 0 ? "" : JSON.stringify(entry.details);
      return (
        <span className="block truncate font-mono text-fg-muted text-sm" title={text}>
          {text}
        </span>
      );
    },
  },
];

export function AuditPage() {
  const [type, setType] = useQueryState("type", parseAsString);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-4 md:px-6">
        <p className="max-w-xl text-fg-muted">Who did what. Entries cannot be changed.</p>
        <Select
          aria-label="About"
          className="w-40"
          options={typeOptions}
          value={typeOptions.find((each) => each.value === type)?.value ?? "all"}
          onValueChange={(next) => void setType(next === "all" ? null : next)}
        />
      </div>
      <AuditList type={type} onClear={() => void setType(null)} />
    </>
  );
}

function AuditList({ type, onClear }: { type: string | null; onClear: () => void }) {
  const log = useInfiniteQuery(auditQuery(type));
  if (log.isPending) return <SkeletonRows label="Loading the audit log" />;
  if (!log.data) {
    return (
      <ErrorState
        title="The audit log could not be loaded"
        error={log.error}
        onRetry={() => void log.refetch()}
        retrying={log.isFetching}
      />
    );
  }
  const rows = log.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return type === null ? (
      <EmptyState icon={<ScrollText />} title="Nothing was done yet">
        Every change by a person or a token appears here.
      </EmptyState>
    ) : (
      <EmptyState icon={<ScrollText />} title="No entry matches" actions={<Button onClick={onClear}>Clear filters</Button>} />
    );
  }
  return (
    <>
      <DataTable label="Audit log" rows={rows} columns={columns} rowKey={(entry) => entry.id} rowName={(entry) => words(entry.action)} />
      {log.hasNextPage ? (
        <div className="flex justify-center py-4">
          <Button loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Load older entries
          </Button>
        </div>
      ) : null}
    </>
  );
}

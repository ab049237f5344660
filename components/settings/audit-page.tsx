"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import Link from "next/link";
import { parseAsString, useQueryState } from "nuqs";
import { useMemo } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { sentence, shortId } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AuditEntry } from "#lib/shared/api-types.ts";
import { AuditEntryView } from "./audit-entry.tsx";
import { actionWords, detailLine, entityHref, type Names, readDetails } from "./audit-words.ts";
import { auditQuery, membersQuery } from "./queries.ts";

const typeOptions = [
  { value: "all", label: "Everything" },
  { value: "workflow", label: "Workflows" },
  { value: "run", label: "Runs" },
  { value: "issue", label: "Issues" },
  { value: "dead_letter", label: "Dead letters" },
  { value: "connection", label: "Connections" },
  { value: "token", label: "API tokens" },
  { value: "member", label: "Members" },
  { value: "redrive", label: "Bulk acts of the inbox" },
  { value: "run_batch", label: "Bulk acts on runs" },
  { value: "approval", label: "Approvals" },
  { value: "saved_view", label: "Saved views" },
  { value: "sandbox-target", label: "Sandbox" },
] as const;

const columns: readonly Column<AuditEntry>[] = [
  { id: "at", header: "When", className: "w-px whitespace-nowrap", cell: (entry) => <Time at={entry.at} className="text-fg-muted" /> },
  {
    id: "actor",
    header: "Who",
    className: "hidden sm:table-cell max-w-0 w-[18%] min-w-28",
    cell: (entry) => <span className="block truncate">{entry.actor}</span>,
  },
  {
    id: "action",
    header: "What",
    primary: true,
    className: "w-px whitespace-nowrap max-sm:w-full max-sm:max-w-0",
    cell: (entry) => actionWords(entry.action),
  },
  {
    id: "entity",
    header: "On",
    className: "hidden md:table-cell max-w-0 w-[24%] min-w-32",
    cell: (entry) => <Entity entry={entry} />,
  },
  {
    id: "details",
    header: "Details",
    className: "hidden lg:table-cell max-w-0 w-[40%]",
    cell: (entry) => <Details entry={entry} />,
  },
];

/** The names of the people whose ids entries hold. */
function useNames(): Names {
  const members = useQuery(membersQuery);
  return useMemo(() => new Map(members.data?.items.map(({ userId, name }) => [userId, name])), [members.data]);
}

function Details({ entry }: { entry: AuditEntry }) {
  const text = detailLine(readDetails(entry, useNames()));
  return (
    <span className="block truncate text-fg-muted" title={text}>
      {text}
    </span>
  );
}

function Opened({ entry }: { entry: AuditEntry }) {
  return <AuditEntryView entry={entry} names={useNames()} />;
}

/** Its name where it has one, and the way to it where it has a page. */
function Entity({ entry }: { entry: AuditEntry }) {
  const name = entry.entityName === null ? shortId(entry.entityId) : sentence(entry.entityName);
  const href = entityHref(entry);
  const look = cn("block truncate", entry.entityName === null && "font-mono text-sm");
  if (href === null) return <span className={cn(look, "text-fg-muted")}>{name}</span>;
  return (
    <Link href={href} prefetch={false} className={cn(look, "relative z-10 rounded text-accent-text hover:underline")}>
      {name}
    </Link>
  );
}

export function AuditPage() {
  const [type, setType] = useQueryState("type", parseAsString);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-4 md:px-6">
        <p className="max-w-xl text-fg-muted">Who did what. Entries cannot be changed.</p>
        <Select
          aria-label="About"
          className="w-52"
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
  const [open, setOpen] = useQueryState("entry", parseAsString);
  const hrefOf = (id: string) => `/settings/audit?${type === null ? "" : `type=${type}&`}entry=${id}`;
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
      <DataTable
        label="Audit log"
        rows={rows}
        columns={columns}
        rowKey={(entry) => entry.id}
        rowName={(entry) => `${actionWords(entry.action)} by ${entry.actor}`}
        href={(entry) => hrefOf(entry.id)}
        onOpen={(entry) => void setOpen(entry.id === open ? null : entry.id)}
        isCurrent={(entry) => entry.id === open}
        below={(entry) => (entry.id === open ? <Opened entry={entry} /> : null)}
      />
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

"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ListRestart } from "lucide-react";
import Link from "next/link";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { redrivesQuery } from "./redrive-queries.ts";
import { actWords, endedOf, redriveLooks, titleOf } from "./redrive-words.ts";

const columns: readonly Column<RedriveView>[] = [
  { id: "status", header: "Status", className: "w-px", cell: (row) => <StatusBadge look={redriveLooks[row.status]} plain /> },
  { id: "act", header: "Act", className: "w-px whitespace-nowrap hidden sm:table-cell", cell: (row) => <ActCell row={row} /> },
  { id: "name", header: "Name", primary: true, className: "max-w-0 w-[32%] min-w-32", cell: titleOf },
  {
    id: "progress",
    header: "Progress",
    className: "hidden w-[24%] sm:table-cell",
    cell: (row) => <Progress value={endedOf(row)} max={row.progress.total} label="Items done" className="min-w-20" />,
  },
  {
    id: "done",
    header: "Done",
    align: "right",
    className: "whitespace-nowrap",
    cell: (row) => `${formatCount(endedOf(row))} of ${formatCount(row.progress.total)}`,
  },
  {
    id: "failed",
    header: "Failed again",
    align: "right",
    className: "hidden md:table-cell",
    cell: ({ progress }) => (progress.failed === 0 ? <span className="text-fg-subtle">–</span> : formatCount(progress.failed)),
  },
  { id: "by", header: "By", className: "hidden lg:table-cell", cell: (row) => <span className="text-fg-muted">{row.createdBy}</span> },
  { id: "at", header: "Started", align: "right", cell: (row) => <Time at={row.createdAt} className="text-fg-muted" /> },
];

function ActCell({ row }: { row: RedriveView }) {
  const { noun, icon: Icon } = actWords[row.act];
  return (
    <span className="flex items-center gap-1.5 text-fg-muted">
      <Icon aria-hidden className="size-3.5 text-fg-subtle" /> {noun}
    </span>
  );
}

/** Every bulk act, newest first. */
export function RedrivesPage() {
  return (
    <>
      <PageHeader
        title="Bulk acts"
        description="Many items of the inbox run again at a rate, or are discarded. They go on while nobody looks."
        breadcrumb={
          <Link href="/inbox" className="rounded hover:text-fg hover:underline">
            Inbox
          </Link>
        }
      />
      <List />
    </>
  );
}

function List() {
  const list = useInfiniteQuery(redrivesQuery);
  if (list.isPending) return <SkeletonRows label="Loading bulk acts" />;
  if (!list.data) {
    return (
      <ErrorState
        title="The bulk acts could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    );
  }
  const rows = list.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon={<ListRestart />} title="No bulk act yet" actions={<ButtonLink href="/inbox">Go to the inbox</ButtonLink>}>
        Select items of an issue to redrive or discard them, or take all of it: the progress stays here.
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable
        label="Bulk acts"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowName={(row) => `${titleOf(row)}, ${redriveLooks[row.status].label}`}
        href={(row) => `/inbox/redrives/${row.id}`}
      />
      {list.hasNextPage ? (
        <p className="flex justify-center py-4">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </p>
      ) : null}
    </>
  );
}

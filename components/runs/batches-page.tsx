"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import Link from "next/link";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { PartsBar } from "#components/ui/parts-bar.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import { batchesQuery } from "./batch-queries.ts";
import { batchLooks, endedOf, partsOf, titleOf } from "./batch-words.ts";

const columns: readonly Column<RunBatchView>[] = [
  { id: "status", header: "Status", className: "w-px", cell: (row) => <StatusBadge look={batchLooks[row.status]} plain /> },
  { id: "name", header: "Name", primary: true, className: "max-w-0 w-[32%] min-w-32", cell: titleOf },
  {
    id: "progress",
    header: "Progress",
    className: "hidden w-[24%] sm:table-cell",
    cell: (row) => <PartsBar parts={partsOf(row)} done={endedOf(row)} total={row.progress.total} label="Runs done" className="min-w-20" />,
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
    header: "Failed",
    align: "right",
    className: "hidden md:table-cell",
    cell: ({ progress }) => (progress.failed === 0 ? <span className="text-fg-subtle">–</span> : formatCount(progress.failed)),
  },
  { id: "by", header: "By", className: "hidden lg:table-cell", cell: (row) => <span className="text-fg-muted">{row.createdBy}</span> },
  { id: "at", header: "Started", align: "right", cell: (row) => <Time at={row.createdAt} className="text-fg-muted" /> },
];

/** Every bulk replay and cancel of runs, newest first. */
export function BatchesPage() {
  return (
    <>
      <PageHeader
        title="Bulk acts"
        description="Many runs replayed or canceled at a rate. They go on while nobody looks."
        breadcrumb={
          <Link href="/runs" className="rounded hover:text-fg hover:underline">
            Runs
          </Link>
        }
      />
      <List />
    </>
  );
}

function List() {
  const list = useInfiniteQuery(batchesQuery);
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
      <EmptyState icon={<Layers />} title="No bulk act yet" actions={<ButtonLink href="/runs">Go to the runs</ButtonLink>}>
        Select runs of the list, or all that match its filters, to replay or cancel them: the progress stays here.
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
        rowName={(row) => `${titleOf(row)}, ${batchLooks[row.status].label}`}
        href={(row) => `/runs/bulk/${row.id}`}
      />
      {list.hasNextPage ? (
        <div className="flex justify-center py-4">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Load older ones
          </Button>
        </div>
      ) : null}
    </>
  );
}

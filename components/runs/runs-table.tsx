"use client";

import { DataTable, type DataTableProps } from "#components/ui/data-table.tsx";
import { shortId } from "#components/ui/format.ts";
import { lookOfRun } from "#components/ui/status.ts";
import type { RunSummary } from "#lib/shared/api-types.ts";

type Props = Pick<DataTableProps<RunSummary>, "rows" | "columns" | "selection" | "onRowKey" | "onOpen" | "onRowFocus"> & {
  peeked: string | null;
};

/** The rows of the run list. */
export function RunsTable({ peeked, ...rest }: Props) {
  return (
    <DataTable
      {...rest}
      label="Runs"
      rowKey={(run) => run.id}
      rowName={(run) => `${run.workflowName}, ${lookOfRun(run).label}, run ${shortId(run.id)}`}
      href={(run) => `/runs/${run.id}`}
      isCurrent={(run) => run.id === peeked}
      className="@container"
    />
  );
}

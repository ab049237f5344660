"use client";

import { ArrowUp, History, Search } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { isFiltered, runFilterParsers } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { type RunDialog, RunDialogs } from "./run-dialogs.tsx";
import { RunsTable } from "./runs-table.tsx";
import { useRunList } from "./use-run-list.ts";

export function RunsPage() {
  return (
    <>
      <PageHeader title="Runs" />
      <FilterBar />
      <RunList />
    </>
  );
}

function RunList() {
  const [filter] = useQueryStates(runFilterParsers);
  const { list, rows, fresh, freshIsMore, showNew } = useRunList(filter);
  const [dialog, setDialog] = useState<RunDialog | null>(null);
  const denied = useDenied("runs:write");
  if (list.isPending) return <SkeletonRows label="Loading runs" />;
  if (!list.data) {
    return (
      <ErrorState title="The runs could not be loaded" error={list.error} onRetry={() => void list.refetch()} retrying={list.isFetching} />
    );
  }
  return (
    <>
      {fresh > 0 ? (
        <div className="sticky top-11 z-10 flex justify-center border-t bg-accent-tint md:top-0">
          <button
            type="button"
            onClick={showNew}
            className="focus-inset flex h-8 w-full items-center justify-center gap-1.5 font-medium text-accent-text"
          >
            <ArrowUp aria-hidden className="size-3.5" />
            Show {freshIsMore ? `${formatCount(fresh)}+ new runs` : plural(fresh, "new run")}
          </button>
        </div>
      ) : null}
      {rows.length === 0 ? <NoRuns /> : null}
      {rows.length > 0 ? (
        <>
          <RunsTable
            rows={rows}
            onKey={(key, run) => {
              if (denied) return;
              if (key === "r") setDialog({ kind: "replay", run });
              if (key === "c" && !isFinalRun(run.status)) setDialog({ kind: "cancel", run });
            }}
          />
          <End list={list} />
        </>
      ) : null}
      <RunDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

function End({ list }: { list: ReturnType<typeof useRunList>["list"] }) {
  if (!list.hasNextPage)
    return <p className="px-6 py-4 text-center text-fg-subtle text-sm">That is all. Runs older than the retention time are removed.</p>;
  return (
    <div className="flex justify-center py-4">
      <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        Load older runs
      </Button>
    </div>
  );
}

function NoRuns() {
  const [filter, setFilter] = useQueryStates(runFilterParsers);
  if (isFiltered(filter)) {
    return (
      <EmptyState icon={<Search />} title="No run matches" actions={<Button onClick={() => void setFilter(null)}>Clear filters</Button>}>
        No run has all of these properties. Widen the time range or take a filter away.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<History />}
      title="No runs yet"
      actions={
        <ButtonLink href="/workflows" variant="primary">
          Go to the workflows
        </ButtonLink>
      }
    >
      Every event that starts a workflow appears here with its steps. Run one from the editor, or send something to its webhook.
    </EmptyState>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import type { BulkAction, BulkTarget } from "./bulk.ts";
import { BulkDialog, type BulkRequest } from "./bulk-dialog.tsx";
import { ColumnChooser, useRunColumns } from "./column-chooser.tsx";
import { type RunFilter, runFilterParsers, toRunsQuery } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { ListEnd, NoRuns } from "./list-ends.tsx";
import { ExportMenu, LiveToggle, NewRuns } from "./list-toolbar.tsx";
import { type RunDialog, RunDialogs } from "./run-dialogs.tsx";
import { RunPeek } from "./run-peek.tsx";
import { RunsTable } from "./runs-table.tsx";
import { SavedViews } from "./saved-views.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { chartQuery, StatusChart } from "./status-chart.tsx";
import { focusRow, useListPlace } from "./use-list-place.ts";
import { useRunList } from "./use-run-list.ts";

const none: ReadonlySet<string> = new Set();

export function RunsPage() {
  const [filter] = useQueryStates(runFilterParsers);
  const [peeked, setPeeked] = useQueryState("peek", parseAsString);
  const [pause, setPause] = useQueryState("live", parseAsStringLiteral(["off"]));
  const [dialog, setDialog] = useState<RunDialog | null>(null);
  const columns = useRunColumns();
  const live = pause === null;
  const close = () => {
    if (peeked) focusRow(peeked);
    void setPeeked(null);
  };
  return (
    <div className={cn(peeked && "xl:pr-104")}>
      <PageHeader
        title="Runs"
        actions={
          <>
            <LiveToggle live={live} onLiveChange={(next) => void setPause(next ? null : "off")} />
            <SavedViews />
            <ColumnChooser {...columns} />
            <ExportMenu filter={filter} />
            <ButtonLink size="sm" href="/runs/bulk" icon={<Layers aria-hidden />}>
              Bulk acts
            </ButtonLink>
          </>
        }
      />
      <FilterBar />
      <StatusChart filter={filter} live={live} />
      {/* A selection belongs to what was filtered when it was made. */}
      <RunList key={JSON.stringify(filter)} filter={filter} live={live} columns={columns.columns} peeked={peeked} onDialog={setDialog} />
      {peeked ? <RunPeek runId={peeked} onClose={close} onDialog={setDialog} /> : null}
      <RunDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </div>
  );
}

interface RunListProps {
  filter: RunFilter;
  live: boolean;
  columns: ReturnType<typeof useRunColumns>["columns"];
  peeked: string | null;
  onDialog: (dialog: RunDialog) => void;
}

function RunList({ filter, live, columns, peeked, onDialog }: RunListProps) {
  const { list, rows, fresh, freshIsMore, showNew, fixed } = useRunList(filter, live);
  const selection = useSelection(rows, fixed);
  const place = useListPlace(JSON.stringify(filter), rows);
  const open = useOpenRun(peeked);
  const denied = useDenied("runs:write");
  if (list.isPending) return <SkeletonRows label="Loading runs" />;
  if (!list.data) {
    return (
      <ErrorState title="The runs could not be loaded" error={list.error} onRetry={() => void list.refetch()} retrying={list.isFetching} />
    );
  }
  const onRowKey = (key: string, run: RunSummary) => {
    if (denied || (key !== "r" && key !== "c")) return;
    const action = key === "r" ? "replay" : "cancel";
    if (selection.selected.size > 0) selection.act(action);
    else if (action === "replay" || !isFinalRun(run.status)) onDialog({ kind: action, run });
  };
  return (
    <>
      <NewRuns fresh={fresh} more={freshIsMore} onShow={showNew} />
      {rows.length === 0 && !list.hasNextPage ? <NoRuns /> : null}
      {rows.length > 0 ? (
        <RunsTable
          rows={rows}
          columns={columns}
          peeked={peeked}
          selection={{ selected: selection.selected, onChange: selection.choose }}
          onRowKey={onRowKey}
          onOpen={open.onOpen}
          onRowFocus={(run, byKey) => {
            place.onRowFocus(run);
            if (byKey) open.follow(run);
          }}
        />
      ) : null}
      <ListEnd list={list} isEmpty={rows.length === 0} />
      {selection.selected.size > 0 ? (
        <SelectedRuns filter={filter} selection={selection} shown={rows.length} peeking={peeked !== null} />
      ) : null}
      {selection.request ? <BulkDialog request={selection.request} onClose={selection.close} /> : null}
    </>
  );
}

/** A click looks at a run beside the list; a second one opens it. */
function useOpenRun(peeked: string | null) {
  const router = useRouter();
  const [, setPeeked] = useQueryState("peek", parseAsString);
  return {
    onOpen: (run: RunSummary) => {
      if (peeked === run.id) router.push(`/runs/${run.id}`);
      else void setPeeked(run.id, { history: peeked === null ? "push" : "replace" });
    },
    follow: (run: RunSummary) => (peeked !== null && peeked !== run.id ? void setPeeked(run.id) : undefined),
  };
}

function useSelection(rows: readonly RunSummary[], fixed: ReturnType<typeof useRunList>["fixed"]) {
  const [selected, setSelected] = useState(none);
  const [everything, setEverything] = useState(false);
  const [request, setRequest] = useState<BulkRequest | null>(null);
  const choose = (next: ReadonlySet<string>) => {
    setSelected(next);
    setEverything(false);
  };
  const clear = () => choose(none);
  const act = (action: BulkAction) => {
    const target: BulkTarget =
      everything && fixed ? { kind: "query", query: fixed } : { kind: "rows", rows: rows.filter((run) => selected.has(run.id)) };
    setRequest({ action, target });
  };
  return { selected, choose, everything, setEverything, clear, act, request, close: () => setRequest(null) };
}

interface SelectedRunsProps {
  filter: RunFilter;
  selection: ReturnType<typeof useSelection>;
  shown: number;
  /** Escape closes the run at the side first. */
  peeking: boolean;
}

function SelectedRuns({ filter, selection, shown, peeking }: SelectedRunsProps) {
  const countable = filter.field === null;
  const chart = useQuery({ ...chartQuery([filter], () => toRunsQuery(filter, Date.now())), enabled: countable });
  useShortcuts("Runs", [{ keys: "Escape", label: "Clear the selection", run: () => (peeking ? undefined : selection.clear()) }]);
  return (
    <SelectionBar
      selected={selection.selected.size}
      page={selection.selected.size >= shown}
      everything={selection.everything}
      matching={chart.data ? { total: chart.data.total, complete: chart.data.complete } : null}
      onEverything={() => selection.setEverything(true)}
      onAct={selection.act}
      onClear={selection.clear}
    />
  );
}

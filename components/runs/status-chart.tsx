"use client";

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { ZoomOut } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type PointerEvent, useMemo, useState } from "react";
import { api, type Query } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { formatAbsolute, formatCount, plural } from "#components/ui/format.ts";
import { useZone } from "#components/ui/preferences.ts";
import { runLooks } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunChart } from "#lib/shared/run-chart.ts";
import { type RunStatus, runStatuses } from "#lib/shared/statuses.ts";
import { type Bar, barsOf, rangeOf } from "./chart-model.ts";
import { type RunFilter, runFilterParsers, toRunsQuery } from "./filter.ts";

/** Counting is more work than listing: not at every change. */
const refreshMs = 10_000;

/** Whole class names; told apart by pattern as well as by colour. */
const fills: Record<RunStatus, string> = {
  queued: "border border-queued border-dotted bg-queued-tint",
  running: "bg-running",
  waiting: "bg-waiting stripes",
  succeeded: "bg-succeeded/75",
  failed: "bg-failed",
  canceled: "bg-canceled/60 stripes",
};

/** Counts of the runs that a query of GET /runs finds. Payload fields cannot be counted by. */
export function chartQuery(name: readonly unknown[], query: () => Query) {
  return queryOptions({
    queryKey: ["run-chart", ...name],
    queryFn: ({ signal }) => {
      const { field: _, ...rest } = query();
      return api.get<RunChart>("/runs/chart", { signal, query: rest });
    },
  });
}

/** Runs by status over time. Dragging over it sets the time range, a status below filters. */
export function StatusChart({ filter, live }: { filter: RunFilter; live: boolean }) {
  const countable = filter.field === null;
  const chart = useQuery({
    ...chartQuery([filter], () => toRunsQuery(filter, Date.now())),
    placeholderData: keepPreviousData,
    enabled: countable,
    refetchInterval: live ? refreshMs : false,
  });
  if (!countable)
    return (
      <p className="border-t px-4 py-2 text-fg-muted md:px-6">
        No chart with a payload filter: payloads are looked through page by page, not counted.
      </p>
    );
  if (chart.isError && !chart.data) return <ErrorLine error={chart.error} className="mx-4 mb-3 md:mx-6" />;
  return (
    <section aria-label="Runs by status" className="border-t px-4 pt-3 pb-2 md:px-6">
      {chart.data === undefined ? <div className="h-16" /> : chart.data.total > 0 ? <Bars chart={chart.data} /> : null}
      <Legend chart={chart.data} />
    </section>
  );
}

function Bars({ chart }: { chart: RunChart }) {
  const [, setFilter] = useQueryStates(runFilterParsers);
  const zone = useZone();
  const bars = useMemo(() => barsOf(chart), [chart]);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const most = Math.max(1, ...bars.map((bar) => bar.total));
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bars.length)));
  };
  const finish = () => {
    const range = drag && rangeOf(bars, drag.from, drag.to);
    setDrag(null);
    if (range) void setFilter({ ...range, last: null }, { history: "push" });
  };
  return (
    <>
      <div
        role="img"
        aria-label={`${plural(chart.total, "run")} over time. ${chart.totals.map(({ status, count }) => `${formatCount(count)} ${runLooks[status].label.toLowerCase()}`).join(", ")}. Set the range by the time filter, or by dragging here.`}
        className="relative flex h-16 cursor-crosshair touch-pan-y select-none items-end gap-px border-b"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: at(event), to: at(event) });
        }}
        onPointerMove={(event) => (drag ? setDrag({ ...drag, to: at(event) }) : undefined)}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {bars.map((bar, index) => (
          <Stack key={bar.fromMs} bar={bar} most={most} title={titleOf(bar, zone)} chosen={isBetween(index, drag)} />
        ))}
      </div>
      <div className="flex justify-between pt-1 text-fg-subtle text-xs tabular-nums">
        <Time at={chart.from} absolute />
        <Time at={chart.to} absolute />
      </div>
    </>
  );
}

function isBetween(index: number, drag: { from: number; to: number } | null): boolean {
  return drag !== null && index >= Math.min(drag.from, drag.to) && index <= Math.max(drag.from, drag.to);
}

function titleOf(bar: Bar, zone: string): string {
  const counts = bar.counts.map(({ status, count }) => `${formatCount(count)} ${runLooks[status].label.toLowerCase()}`);
  return `From ${formatAbsolute(bar.fromMs, zone)}: ${counts.length === 0 ? "no run" : counts.join(", ")}`;
}

function Stack({ bar, most, title, chosen }: { bar: Bar; most: number; title: string; chosen: boolean }) {
  return (
    <span title={title} className={cn("flex h-full min-w-0 flex-1 flex-col-reverse hover:bg-hover", chosen && "bg-accent-tint")}>
      {bar.counts.map(({ status, count }) => (
        <span key={status} className={cn("min-h-0.5 w-full", fills[status])} style={{ height: `${(count / most) * 100}%` }} />
      ))}
    </span>
  );
}

function Legend({ chart }: { chart: RunChart | undefined }) {
  const [filter, setFilter] = useQueryStates(runFilterParsers);
  const countOf = (status: RunStatus) => chart?.totals.find((each) => each.status === status)?.count ?? 0;
  const toggle = (status: RunStatus) =>
    void setFilter({
      status: filter.status.includes(status) ? filter.status.filter((each) => each !== status) : [...filter.status, status],
    });
  return (
    <div className="flex flex-wrap items-center gap-1 pt-1.5">
      <span className="mr-2 whitespace-nowrap text-fg-muted tabular-nums">
        {chart === undefined
          ? "Counting"
          : chart.complete
            ? plural(chart.total, "run")
            : `The newest ${formatCount(chart.total)} of more runs`}
      </span>
      {runStatuses.map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={filter.status.includes(status)}
          title={runLooks[status].meaning}
          onClick={() => toggle(status)}
          className={cn(
            "flex h-6 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full border border-transparent px-1.5 text-fg-muted text-sm tabular-nums hover:bg-hover aria-pressed:border-accent aria-pressed:text-accent-text max-sm:px-1",
            // A phone has room for what there is.
            countOf(status) === 0 && !filter.status.includes(status) && "max-sm:hidden",
          )}
        >
          <span aria-hidden className={cn("size-2.5 rounded-xs", fills[status])} />
          <StatusIcon look={runLooks[status]} className="size-3" />
          {runLooks[status].label} {formatCount(countOf(status))}
        </button>
      ))}
      {filter.from !== null || filter.to !== null ? (
        <Button size="sm" variant="ghost" icon={<ZoomOut aria-hidden />} onClick={() => void setFilter({ from: null, to: null })}>
          Whole time
        </Button>
      ) : null}
    </div>
  );
}

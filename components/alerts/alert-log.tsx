"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BellRing, Search, X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { MultiSelect } from "#components/ui/multi-select.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { type AlertView, alertStates } from "#lib/shared/alert-types.ts";
import { alertLooks, lookOfAlert } from "./looks.ts";
import { channelsQuery, type LogFilter, logPage, logParsers, rulesQuery } from "./queries.ts";
import { kindLabels } from "./words.ts";

/** What people were told, what waits to be told, and what was not told and why. */
export function AlertLog({ onNewChannel }: { onNewChannel: () => void }) {
  const [filter, setFilter] = useQueryStates(logParsers);
  const filtered = filter.state.length > 0 || filter.ruleId !== null || filter.channelId !== null || filter.issueId !== null;
  const list = useInfiniteQuery({
    queryKey: ["alerts", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => logPage(filter, pageParam, signal),
    getNextPageParam: (page) => page.nextCursor,
  });
  if (list.isPending) return <SkeletonRows label="Loading the alerts" />;
  if (!list.data) {
    return (
      <ErrorState
        title="The alerts could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    );
  }
  const rows = list.data.pages.flatMap((page) => page.items);
  if (rows.length === 0 && !filtered) return <NothingSent onNewChannel={onNewChannel} />;
  const clear = () => void setFilter(null);
  return (
    <>
      <Filters filter={filter} onClear={filtered ? clear : null} />
      {rows.length === 0 ? (
        <EmptyState icon={<Search />} title="No alert matches" actions={<Button onClick={clear}>Clear filters</Button>} />
      ) : (
        <DataTable
          label="Alerts"
          rows={rows}
          columns={columns}
          rowKey={(alert) => alert.id}
          rowName={(alert) => `${alert.issue.title} ${aboutOf(alert)}, ${alert.channel.name}, ${lookOfAlert(alert).label}`}
          href={(alert) => `/inbox?tab=all&issue=${alert.issue.id}`}
        />
      )}
      {list.hasNextPage ? (
        <div className="p-4 text-center">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show older alerts
          </Button>
        </div>
      ) : null}
    </>
  );
}

const every = "all";

function Filters({ filter, onClear }: { filter: LogFilter; onClear: (() => void) | null }) {
  const [, setFilter] = useQueryStates(logParsers);
  const rules = useQuery(rulesQuery);
  const channels = useQuery(channelsQuery);
  const options = (label: string, items: readonly { id: string; name: string }[] = []) => [
    { value: every, label },
    ...items.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 py-3 md:px-6">
      <MultiSelect
        label="State"
        options={alertStates.map((state) => ({
          value: state,
          label: alertLooks[state].label,
          icon: <StatusIcon look={alertLooks[state]} />,
        }))}
        values={alertStates.filter((state) => filter.state.includes(state))}
        onValuesChange={(state) => void setFilter({ state })}
      />
      <Select
        aria-label="Rule"
        className="w-44"
        options={options("Every rule", rules.data?.items)}
        value={filter.ruleId ?? every}
        onValueChange={(id) => void setFilter({ ruleId: id === every ? null : id })}
      />
      <Select
        aria-label="Channel"
        className="w-44"
        options={options("Every channel", channels.data?.items)}
        value={filter.channelId ?? every}
        onValueChange={(id) => void setFilter({ channelId: id === every ? null : id })}
      />
      {filter.issueId === null ? null : (
        <Button icon={<X aria-hidden />} onClick={() => void setFilter({ issueId: null })}>
          Of one issue
        </Button>
      )}
      {onClear === null ? null : (
        <Button variant="ghost" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

const columns: readonly Column<AlertView>[] = [
  {
    id: "issue",
    header: "Issue",
    primary: true,
    className: "max-w-0 w-[60%] sm:w-[38%]",
    cell: (alert) => (
      <span className="flex flex-col py-1">
        <span className="truncate" title={alert.issue.title}>
          {alert.issue.title}
        </span>{" "}
        <span className="truncate font-normal text-fg-muted text-sm">{aboutOf(alert)}</span>
      </span>
    ),
  },
  {
    id: "state",
    header: "State",
    cell: (alert) => (
      <span className="flex flex-col">
        <StatusBadge look={lookOfAlert(alert)} plain />
        <More alert={alert} />
      </span>
    ),
  },
  {
    id: "channel",
    header: "Channel",
    className: "hidden md:table-cell max-w-0 w-[14%]",
    cell: (alert) => <span className="block truncate text-fg-muted">{alert.channel.name}</span>,
  },
  {
    id: "rule",
    header: "Rule",
    className: "hidden lg:table-cell max-w-0 w-[15%]",
    cell: (alert) => <span className="block truncate text-fg-muted">{alert.rule.name}</span>,
  },
  {
    id: "attempts",
    header: "Attempts",
    align: "right",
    className: "hidden lg:table-cell",
    cell: (alert) => (alert.attempts === 0 ? <span className="text-fg-subtle">–</span> : alert.attempts),
  },
  {
    id: "answer",
    header: "Answer",
    className: "hidden xl:table-cell max-w-0 w-[20%]",
    cell: (alert) => (
      <span className="block truncate text-fg-muted" title={alert.answer ?? undefined}>
        {alert.answer ?? "–"}
      </span>
    ),
  },
  {
    id: "when",
    header: "When",
    align: "right",
    className: "hidden sm:table-cell",
    cell: (alert) => <Time at={alert.createdAt} className="z-10 text-fg-muted" />,
  },
];

/** What happened to the issue, and of which workflow it is. */
function aboutOf({ kind, issue }: AlertView): string {
  return [kindLabels[kind], issue.workflowName].filter((part) => part !== null).join(" · ");
}

/** When it is tried next, or with how many others it went. */
function More({ alert }: { alert: AlertView }) {
  if (alert.nextAt !== null && alert.attempts > 0) return <Countdown until={alert.nextAt} className="text-fg-muted text-xs" />;
  if (alert.messageSize < 2) return null;
  return <span className="whitespace-nowrap text-fg-muted text-xs">{formatCount(alert.messageSize)} in one message</span>;
}

function NothingSent({ onNewChannel }: { onNewChannel: () => void }) {
  const channels = useQuery(channelsQuery);
  const denied = useDenied("channels:write");
  const none = channels.data?.items.length === 0;
  const make = none ? (
    <Button variant="primary" disabledReason={denied} onClick={onNewChannel}>
      New channel
    </Button>
  ) : null;
  return (
    <EmptyState icon={<BellRing />} title="Nobody was told of anything yet" actions={make}>
      {none
        ? "Make a channel, a webhook, Slack or mail, and whoever listens there is told of every critical issue."
        : "When an issue opens, comes back or gets worse, what was sent about it appears here with the answer."}
    </EmptyState>
  );
}

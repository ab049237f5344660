"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { UserCheck } from "lucide-react";
import { useQueryState } from "nuqs";
import { Button } from "#components/ui/button.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { approvalLooks } from "./looks.ts";
import { type ApprovalTab, approvalCountsQuery, approvalPage, approvalTabs, tabParser } from "./queries.ts";

const tabLabels: Record<ApprovalTab, string> = { mine: "For me", waiting: "All waiting", decided: "Decided", all: "All" };

/** What people are asked to decide; a row leads to where one decides. */
export function ApprovalsPage() {
  const [tab, setTab] = useQueryState("tab", tabParser);
  const counts = useQuery(approvalCountsQuery);
  const countOf: Partial<Record<ApprovalTab, number | undefined>> = { mine: counts.data?.mine, waiting: counts.data?.pending };
  return (
    <>
      <PageHeader title="Approvals" description="Runs that wait for somebody to decide" />
      <Tabs
        label="Approvals"
        value={tab}
        onValueChange={(next) => void setTab(next)}
        items={approvalTabs.map((value) => ({ value, label: tabLabels[value], count: countOf[value] || undefined }))}
      />
      <ApprovalList tab={tab} />
    </>
  );
}

function ApprovalList({ tab }: { tab: ApprovalTab }) {
  const list = useInfiniteQuery({
    queryKey: ["approvals", tab],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => approvalPage(tab, pageParam, signal),
    getNextPageParam: (page) => page.nextCursor,
  });
  if (list.isPending) return <SkeletonRows rows={6} label="Loading the approvals" />;
  if (!list.data) {
    return (
      <ErrorState
        title="The approvals could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    );
  }
  const rows = list.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <NothingHere tab={tab} />;
  return (
    <>
      <DataTable
        label="Approvals"
        rows={rows}
        columns={columns}
        rowKey={(approval) => approval.id}
        rowName={(approval) => `${approval.message}, ${approvalLooks[approval.status].label}`}
        href={(approval) => `/approvals/${approval.id}`}
      />
      {list.hasNextPage ? (
        <div className="p-4 text-center">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
}

const columns: readonly Column<ApprovalView>[] = [
  {
    id: "message",
    header: "Question",
    primary: true,
    className: "max-w-0 w-[45%]",
    cell: (approval) => (
      <span className="block truncate font-medium" title={approval.message}>
        {approval.message}
      </span>
    ),
  },
  { id: "status", header: "Status", cell: (approval) => <StatusBadge look={approvalLooks[approval.status]} plain /> },
  {
    id: "workflow",
    header: "Workflow",
    className: "hidden md:table-cell max-w-0 w-[18%]",
    cell: (approval) => <span className="block truncate text-fg-muted">{approval.workflowName}</span>,
  },
  {
    id: "who",
    header: "Who decides",
    className: "hidden lg:table-cell max-w-0 w-[18%]",
    cell: (approval) => <span className="block truncate text-fg-muted">{whoDecides(approval)}</span>,
  },
  {
    id: "left",
    header: "Time left",
    align: "right",
    className: "hidden sm:table-cell",
    cell: (approval) =>
      approval.status === "pending" ? (
        <Countdown until={approval.expiresAt} className="text-fg-muted" />
      ) : (
        <span className="text-fg-subtle">–</span>
      ),
  },
  {
    id: "asked",
    header: "Asked",
    align: "right",
    cell: (approval) => <Time at={approval.requestedAt} className="text-fg-muted" />,
  },
];

/** Who is asked, or who decided. */
export function whoDecides(approval: ApprovalView): string {
  if (approval.decision) return approval.decision.by;
  return approval.assignees.length === 0 ? "Anybody who may" : approval.assignees.join(", ");
}

const emptyWords: Record<ApprovalTab, { title: string; text: string }> = {
  mine: { title: "Nothing waits for you", text: "What an approval step asks you to decide appears here." },
  waiting: { title: "Nothing is waiting", text: "When a run reaches an approval step, its question appears here." },
  decided: { title: "Nothing was decided yet", text: "Decisions are kept as long as their runs." },
  all: { title: "Nobody was asked anything yet", text: "Add an approval step to a workflow, and its questions appear here." },
};

function NothingHere({ tab }: { tab: ApprovalTab }) {
  const { title, text } = emptyWords[tab];
  return (
    <EmptyState icon={<UserCheck />} title={title}>
      {text}
    </EmptyState>
  );
}

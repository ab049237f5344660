"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ApiFailure } from "#components/api/client.ts";
import { Countdown } from "#components/ui/countdown.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { DecideForm } from "./decide-form.tsx";
import { approvalLooks } from "./looks.ts";
import { approvalQuery } from "./queries.ts";

/** The page behind an approval's link: what is to be decided, and how it was. */
export function ApprovalPage({ approvalId }: { approvalId: string }) {
  const approval = useQuery(approvalQuery(approvalId));
  usePageTitle(approval.data ? `${approval.data.message.slice(0, 60)} · Approvals` : undefined);
  if (approval.isPending) return <SkeletonRows rows={4} label="Loading the approval" />;
  if (!approval.data) {
    if (approval.error instanceof ApiFailure && approval.error.status === 404) {
      return <EmptyState title="There is no such approval">It may belong to another workspace, or its run is gone.</EmptyState>;
    }
    return (
      <ErrorState
        title="The approval could not be loaded"
        error={approval.error}
        onRetry={() => void approval.refetch()}
        retrying={approval.isFetching}
      />
    );
  }
  return <Approval approval={approval.data} />;
}

function Approval({ approval }: { approval: ApprovalView }) {
  return (
    <article>
      <PageHeader
        title="Approval"
        breadcrumb={
          <Link href="/approvals" className="rounded hover:text-fg hover:underline">
            Approvals
          </Link>
        }
        actions={<StatusBadge look={approvalLooks[approval.status]} />}
      />
      <div className="flex max-w-3xl flex-col gap-5 px-4 pb-10 md:px-6">
        <p className="wrap-anywhere whitespace-pre-wrap rounded-md border bg-subtle px-4 py-3 text-base">{approval.message}</p>
        <Facts
          facts={[
            { name: "Workflow", value: <PlainLink href={`/workflows/${approval.workflowId}`}>{approval.workflowName}</PlainLink> },
            { name: "Run", value: <PlainLink href={`/runs/${approval.runId}?step=${approval.id}`}>Look at the run</PlainLink> },
            { name: "Asked", value: <Time at={approval.requestedAt} /> },
            { name: "Who decides", value: approval.assignees.length === 0 ? "Anybody who may" : approval.assignees.join(", ") },
            approval.status === "pending" && { name: "Time left", value: <Countdown until={approval.expiresAt} /> },
          ]}
        />
        {approval.decision ? <Decided decision={approval.decision} /> : null}
        {approval.status === "pending" ? <DecideForm approval={approval} /> : null}
        {approval.status === "expired" ? (
          <p className="text-fg-muted">Nobody decided in time, and the run went on without a decision.</p>
        ) : null}
        {approval.status === "canceled" ? <p className="text-fg-muted">The run ended before anybody decided.</p> : null}
      </div>
    </article>
  );
}

function PlainLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="rounded text-accent hover:underline">
      {children}
    </Link>
  );
}

function Decided({ decision }: { decision: NonNullable<ApprovalView["decision"]> }) {
  return (
    <section aria-label="Decision" className="rounded-md border px-4 py-3">
      <p>
        <span className="font-medium">{decision.decision === "approved" ? "Approved" : "Rejected"}</span> by {decision.by},{" "}
        <Time at={decision.at} />
      </p>
      {decision.comment ? <p className="wrap-anywhere mt-1 whitespace-pre-wrap text-fg-muted">{decision.comment}</p> : null}
    </section>
  );
}

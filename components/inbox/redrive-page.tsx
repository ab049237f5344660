"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { ApiFailure, api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { type BulkChange, BulkControls, bulkChangeWords } from "#components/ui/bulk-controls.tsx";
import { paceWords } from "#components/ui/bulk-order.tsx";
import { BulkProgress } from "#components/ui/bulk-progress.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { plural, sentence } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { SkeletonDetail } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RedriveDetail, RedriveView } from "#lib/shared/inbox-types.ts";
import { RedriveBar, RedriveCounts } from "./redrive-progress.tsx";
import { redriveQuery } from "./redrive-queries.ts";
import { RedriveResults } from "./redrive-results.tsx";
import { endedOf, pauseWords, redriveLooks, titleOf } from "./redrive-words.ts";

/** One bulk act: how far it is, what failed again, and what can be done about it. */
export function RedrivePage({ redriveId }: { redriveId: string }) {
  const redrive = useQuery(redriveQuery(redriveId));
  usePageTitle(redrive.data ? `${titleOf(redrive.data)} · Bulk acts` : undefined);
  if (redrive.isPending) return <SkeletonDetail label="Loading the bulk act" />;
  if (redrive.data) return <Redrive redrive={redrive.data} />;
  if (redrive.error instanceof ApiFailure && redrive.error.status === 404) {
    return <EmptyState title="There is no such bulk act">It may belong to another workspace, or the link is mistyped.</EmptyState>;
  }
  return (
    <ErrorState
      title="The bulk act could not be loaded"
      error={redrive.error}
      onRetry={() => void redrive.refetch()}
      retrying={redrive.isFetching}
    />
  );
}

function Redrive({ redrive }: { redrive: RedriveDetail }) {
  const { progress } = redrive;
  return (
    <>
      <PageHeader
        title={titleOf(redrive)}
        breadcrumb={
          <>
            <Link href="/inbox" className="rounded hover:text-fg hover:underline">
              Inbox
            </Link>{" "}
            ›{" "}
            <Link href="/inbox/redrives" className="rounded hover:text-fg hover:underline">
              Bulk acts
            </Link>
          </>
        }
        actions={<Actions redrive={redrive} />}
      />
      <div className="flex flex-col gap-4 px-4 pb-8 md:px-6">
        <BulkProgress
          why={pauseWords(redrive)}
          look={redriveLooks[redrive.status]}
          done={endedOf(redrive)}
          total={progress.total}
          unit="item"
          remainingMs={redrive.status === "running" && progress.waiting > 0 ? redrive.remainingMs : null}
        >
          <RedriveBar redrive={redrive} className="h-2" />
          <RedriveCounts redrive={redrive} />
        </BulkProgress>
        <Settings redrive={redrive} />
        <RedriveResults redrive={redrive} />
      </div>
    </>
  );
}

function Settings({ redrive }: { redrive: RedriveView }) {
  const { act, reason, edit, canary, stopAfterFailures, createdBy, createdAt, finishedAt } = redrive;
  const redrives = act === "redrive";
  return (
    <Facts
      facts={[
        { name: "Started by", value: createdBy },
        { name: "Started", value: <Time at={createdAt} /> },
        finishedAt !== null && { name: "Ended", value: <Time at={finishedAt} /> },
        reason !== null && { name: "Reason", value: <span className="wrap-anywhere">{reason}</span> },
        edit !== null && {
          name: "Changed in each",
          value: (
            <code className="wrap-anywhere font-mono text-sm">
              {edit.path} = {JSON.stringify(edit.value)}
            </code>
          ),
        },
        redrives && { name: "Rate", value: paceWords(redrive) },
        redrives && { name: "Tried first", value: canary === 0 ? "None" : plural(canary, "item") },
        redrives && { name: "Stops after", value: stopAfterFailures === null ? "No limit" : plural(stopAfterFailures, "failure") },
        { name: "Taken", value: filterWords(redrive) },
      ]}
    />
  );
}

function filterWords({ filter }: RedriveView): string {
  const { issueIds, deadLetterIds, q, redriveId } = filter;
  const words = [
    Array.isArray(deadLetterIds) ? `${plural(deadLetterIds.length, "item")} by hand` : null,
    typeof redriveId === "string" ? "what an earlier bulk act was done to" : null,
    Array.isArray(issueIds) ? `all of ${plural(issueIds.length, "issue")}` : null,
    typeof q === "string" ? `errors with “${q}”` : null,
  ].filter((word) => word !== null);
  return words.length === 0 ? "All that matched" : sentence(words.join(", "));
}

function useChange(redrive: RedriveView) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: BulkChange) => api.post<RedriveView>(`/redrives/${redrive.id}/${change}`),
    onSuccess: (_, change) => toast.success(bulkChangeWords[change]),
    onError: (error) => toast.error("It could not be changed", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["redrive"] }),
  });
}

function Actions({ redrive }: { redrive: RedriveView }) {
  const denied = useDenied("issues:write");
  const change = useChange(redrive);
  if (redrive.status !== "running" && redrive.status !== "paused") return <BringBack redrive={redrive} denied={denied} />;
  return (
    <BulkControls
      status={redrive.status}
      denied={denied}
      pending={change.isPending}
      onChange={change.mutate}
      abort={{
        title: "Abort this bulk act?",
        confirmLabel: `Leave ${plural(redrive.progress.waiting, "item")} ${redrive.act === "reopen" ? "discarded" : "in the inbox"}`,
        text: <p>What is under way goes on to its end. What waits stays as it was; nothing is lost. It cannot be taken up again.</p>,
      }}
    />
  );
}

/** The undo of a bulk discard: a bulk act of its own, for as long as the runs are kept. */
function BringBack({ redrive, denied }: { redrive: RedriveView; denied: string | null }) {
  const router = useRouter();
  const start = useMutation({
    mutationFn: () => {
      const body = {
        act: "reopen",
        filter: { redriveId: redrive.id },
        ...(redrive.name === "" ? {} : { name: `Undo of ${redrive.name}` }),
      };
      return api.post<RedriveView>("/redrives", body, { idempotencyKey: crypto.randomUUID() });
    },
    onSuccess: (back) => router.push(`/inbox/redrives/${back.id}`),
    onError: (error) => toast.error("They could not be brought back", { description: messageOf(error) }),
  });
  const { succeeded } = redrive.progress;
  if (redrive.act !== "discard" || succeeded === 0) return null;
  return (
    <Button icon={<Undo2 aria-hidden />} disabledReason={denied} loading={start.isPending} onClick={() => start.mutate()}>
      Bring back {plural(succeeded, "item")}
    </Button>
  );
}

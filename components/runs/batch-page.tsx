"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ApiFailure } from "#components/api/client.ts";
import { workflowsQuery } from "#components/api/workflows.ts";
import { paceWords } from "#components/ui/bulk-order.tsx";
import { BulkProgress } from "#components/ui/bulk-progress.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatAbsolute, plural, sentence, shortId } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { PartsBar, PartsCounts } from "#components/ui/parts-bar.tsx";
import { useZone } from "#components/ui/preferences.ts";
import { SkeletonDetail } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunBatchDetail, RunBatchView } from "#lib/shared/run-batch-types.ts";
import { BatchActions } from "./batch-actions.tsx";
import { batchQuery } from "./batch-queries.ts";
import { BatchResults } from "./batch-results.tsx";
import { batchLooks, endedOf, partsOf, pauseWords, selectionWords, titleOf } from "./batch-words.ts";

/** One bulk replay or cancel: how far it is, what did not go well, and what can be done about it. */
export function BatchPage({ batchId }: { batchId: string }) {
  const batch = useQuery(batchQuery(batchId));
  usePageTitle(batch.data ? `${titleOf(batch.data)} · Bulk acts` : undefined);
  if (batch.isPending) return <SkeletonDetail label="Loading the bulk act" />;
  if (batch.data) return <Batch batch={batch.data} />;
  if (batch.error instanceof ApiFailure && batch.error.status === 404) {
    return (
      <EmptyState title="There is no such bulk replay or cancel" actions={<ButtonLink href="/runs/bulk">All of them</ButtonLink>}>
        It may belong to another workspace, or the link is mistyped.
      </EmptyState>
    );
  }
  return <ErrorState title="It could not be loaded" error={batch.error} onRetry={() => void batch.refetch()} retrying={batch.isFetching} />;
}

function Batch({ batch }: { batch: RunBatchDetail }) {
  const { progress } = batch;
  const ended = endedOf(batch);
  const parts = partsOf(batch);
  return (
    <>
      <PageHeader
        title={titleOf(batch)}
        breadcrumb={
          <>
            <Link href="/runs" className="rounded hover:text-fg hover:underline">
              Runs
            </Link>{" "}
            ›{" "}
            <Link href="/runs/bulk" className="rounded hover:text-fg hover:underline">
              Bulk acts
            </Link>
          </>
        }
        actions={<BatchActions batch={batch} />}
      />
      <div className="flex flex-col gap-4 px-4 pb-8 md:px-6">
        <BulkProgress
          why={pauseWords(batch)}
          look={batchLooks[batch.status]}
          done={ended}
          total={progress.total}
          unit="run"
          remainingMs={batch.status === "running" && progress.waiting > 0 ? batch.remainingMs : null}
        >
          <PartsBar parts={parts} done={ended} total={progress.total} label="Runs done" className="h-2" />
          <PartsCounts parts={parts} total={progress.total} />
        </BulkProgress>
        <Settings batch={batch} />
        <BatchResults batch={batch} />
      </div>
    </>
  );
}

function Settings({ batch }: { batch: RunBatchView }) {
  const zone = useZone();
  const workflows = useQuery(workflowsQuery);
  const names = {
    workflow: (id: string) => workflows.data?.items.find((each) => each.id === id)?.name ?? shortId(id),
    time: (iso: string) => formatAbsolute(Date.parse(iso), zone),
  };
  const { action, version, keys, stopAfterFailures, createdBy, createdAt, finishedAt } = batch;
  return (
    <Facts
      facts={[
        { name: "Started by", value: createdBy },
        { name: "Started", value: <Time at={createdAt} /> },
        finishedAt !== null && { name: "Ended", value: <Time at={finishedAt} /> },
        { name: "Rate", value: paceWords(batch) },
        action === "replay" && { name: "Version", value: version === "same" ? "Of each run" : "The live one" },
        action === "replay" && { name: "Keys", value: keys === "same" ? "The same" : "New ones" },
        action === "replay" && {
          name: "Stops after",
          value: stopAfterFailures === null ? "No limit" : plural(stopAfterFailures, "failure"),
        },
        { name: "Taken", value: sentence(selectionWords(batch, names)) },
      ]}
    />
  );
}

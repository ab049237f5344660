"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { plural } from "#components/ui/format.ts";
import type { RunBatchPlan, RunBatchView } from "#lib/shared/run-batch-types.ts";

interface OldRuns {
  workflowId: string;
  version: number;
  openRuns: number;
  liveVersion: number;
}

/** The runs that still go by an old version, and the way to let those that wait go on by the live one. */
export function MoveWaiting({ workflowId, version, openRuns, liveVersion }: OldRuns) {
  const [asking, setAsking] = useState(false);
  const denied = useDenied("runs:write");
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-sm">
      <Link
        className="text-accent-text tabular-nums hover:underline"
        href={`/runs?workflow=${workflowId}&version=${version}&status=queued,running,waiting`}
      >
        {plural(openRuns, "run")} still on v{version}
      </Link>
      <Button size="sm" variant="ghost" className="ml-auto" disabledReason={denied} onClick={() => setAsking(true)}>
        Move to v{liveVersion}…
      </Button>
      {asking ? <MoveWaitingDialog {...{ workflowId, version, openRuns, liveVersion }} onClose={() => setAsking(false)} /> : null}
    </span>
  );
}

function MoveWaitingDialog({ workflowId, version, liveVersion, onClose }: OldRuns & { onClose: () => void }) {
  const router = useRouter();
  const order = {
    action: "move",
    version: "live",
    ratePerSecond: 100,
    selection: { filter: { workflowId, version: String(version), mode: "live", status: "queued,waiting" } },
  };
  const plan = useQuery({
    queryKey: ["run-batch-plan", order],
    queryFn: ({ signal }) => api.post<RunBatchPlan>("/run-batches/plan", order, { signal }),
    gcTime: 0,
    staleTime: 0,
  });
  const start = useMutation({
    mutationFn: () => api.post<RunBatchView>("/run-batches", order, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: (batch) => router.push(`/runs/bulk/${batch.id}`),
  });
  const count = plan.data === undefined ? "runs" : plural(plan.data.eligible, "run");
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Move ${count} from v${version} to v${liveVersion}?`}
      confirmLabel={`Move ${count}`}
      disabledReason={plan.data === undefined ? "Counting" : plan.data.eligible === 0 ? "None of them waits" : null}
      loading={start.isPending}
      onConfirm={() => start.mutate()}
    >
      <p>
        Each is looked at by itself: where the step it waits in is the same in both versions, and nothing it has done would be decided
        otherwise, it goes on by v{liveVersion}. What it waits for goes on. The others stay at v{version}, each with its reason.
      </p>
      <ErrorLine error={plan.error ?? start.error} />
    </ConfirmDialog>
  );
}

"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { type BulkChange, BulkControls, bulkChangeWords } from "#components/ui/bulk-controls.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";

function useChange(batch: RunBatchView) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: BulkChange) => api.post<RunBatchView>(`/run-batches/${batch.id}/${change}`),
    onSuccess: (_, change) => toast.success(bulkChangeWords[change]),
    onError: (error) => toast.error("It could not be changed", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["run-batch"] }),
  });
}

/** Pause, resume and abort, while there is something to decide. */
export function BatchActions({ batch }: { batch: RunBatchView }) {
  const denied = useDenied("runs:write");
  const change = useChange(batch);
  if (batch.status !== "running" && batch.status !== "paused") return null;
  return (
    <BulkControls
      status={batch.status}
      denied={denied}
      pending={change.isPending}
      onChange={change.mutate}
      abort={{
        title: `Abort this bulk ${batch.action}?`,
        confirmLabel: `Leave ${plural(batch.progress.waiting, "run")} as they are`,
        text: <p>What is under way goes on to its end. What waits is left as it was. It cannot be taken up again.</p>,
      }}
    />
  );
}

"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleStop, Pause, Play } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";

const did = { pause: "Paused", resume: "Resumed", cancel: "Aborted" } as const;

function useChange(batch: RunBatchView) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: keyof typeof did) => api.post<RunBatchView>(`/run-batches/${batch.id}/${change}`),
    onSuccess: (_, change) => toast.success(did[change]),
    onError: (error) => toast.error("It could not be changed", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["run-batch"] }),
  });
}

/** Pause, resume and abort, while there is something to decide. */
export function BatchActions({ batch }: { batch: RunBatchView }) {
  const denied = useDenied("runs:write");
  const change = useChange(batch);
  const [asking, setAsking] = useState(false);
  if (batch.status !== "running" && batch.status !== "paused") return null;
  return (
    <>
      {batch.status === "running" ? (
        <Button icon={<Pause aria-hidden />} disabledReason={denied} loading={change.isPending} onClick={() => change.mutate("pause")}>
          Pause
        </Button>
      ) : (
        <Button
          variant="primary"
          icon={<Play aria-hidden />}
          disabledReason={denied}
          loading={change.isPending}
          onClick={() => change.mutate("resume")}
        >
          Resume
        </Button>
      )}
      <Button variant="danger" icon={<CircleStop aria-hidden />} disabledReason={denied} onClick={() => setAsking(true)}>
        Abort
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Abort this bulk ${batch.action}?`}
        confirmLabel={`Leave ${plural(batch.progress.waiting, "run")} as they are`}
        danger
        loading={change.isPending}
        onConfirm={() => {
          setAsking(false);
          change.mutate("cancel");
        }}
      >
        <p>What is under way goes on to its end. What waits is left as it was. It cannot be taken up again.</p>
      </ConfirmDialog>
    </>
  );
}

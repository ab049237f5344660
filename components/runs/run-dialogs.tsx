"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { shortId } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RunStarted, RunSummary } from "#lib/shared/api-types.ts";

export interface RunDialog {
  kind: "cancel" | "replay";
  run: RunSummary;
}

/** Cancel and replay, for the list and the run page. */
export function RunDialogs({ dialog, onClose }: { dialog: RunDialog | null; onClose: () => void }) {
  if (!dialog) return null;
  return dialog.kind === "cancel" ? (
    <CancelDialog run={dialog.run} onClose={onClose} />
  ) : (
    <ReplayDialog run={dialog.run} onClose={onClose} />
  );
}

function CancelDialog({ run, onClose }: { run: RunSummary; onClose: () => void }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.post(`/runs/${run.id}/cancel`),
    onSuccess: async () => {
      onClose();
      toast.success("Run canceled");
      await Promise.all([client.invalidateQueries({ queryKey: ["run", run.id] }), client.invalidateQueries({ queryKey: ["runs"] })]);
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Cancel run ${shortId(run.id)}?`}
      confirmLabel="Cancel run"
      danger
      loading={cancel.isPending}
      onConfirm={() => cancel.mutate()}
    >
      <p>Steps that did not start will not start. What was already sent cannot be taken back.</p>
      <ErrorLine error={cancel.error} />
    </ConfirmDialog>
  );
}

const versionOptions = [
  { value: "same", label: "The version of this run" },
  { value: "live", label: "The live version" },
] as const;

function ReplayDialog({ run, onClose }: { run: RunSummary; onClose: () => void }) {
  const router = useRouter();
  const [version, setVersion] = useState<"same" | "live">("same");
  const replay = useMutation({
    mutationFn: () => api.post<RunStarted>(`/runs/${run.id}/replay`, { version }, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: ({ runId }) => {
      onClose();
      toast.success("Replay started", { action: { label: "Open run", onClick: () => router.push(`/runs/${runId}`) } });
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Replay run ${shortId(run.id)}`}
      description="A new run of the same event, from the start. This run stays as it is."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" loading={replay.isPending} onClick={() => replay.mutate()}>
            Replay run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Version" help="Steps with an idempotency key compute it again: what it says took effect already is not done twice.">
          <Select options={versionOptions} value={version} onValueChange={setVersion} />
        </Field>
        {run.status === "failed" ? (
          <p className="text-fg-muted">To go on from the failed step instead, redrive its dead letter in the inbox.</p>
        ) : null}
        <ErrorLine error={replay.error} />
      </div>
    </Dialog>
  );
}

"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { shortId } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { RunSummary } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { ReplayDialog, type ReplayStart } from "./replay-dialog.tsx";

export interface RunDialog {
  kind: "cancel" | "replay" | "move";
  run: RunSummary;
  /** Of a replay: the step to begin at. */
  start?: ReplayStart;
  /** Of a replay from the start: the data to begin editing with, where it is known. */
  eventInput?: JsonValue;
}

/** Cancel, replay and move, for the list and the run page. */
export function RunDialogs({ dialog, onClose }: { dialog: RunDialog | null; onClose: () => void }) {
  if (!dialog) return null;
  if (dialog.kind === "move") return <MoveDialog run={dialog.run} onClose={onClose} />;
  return dialog.kind === "cancel" ? (
    <CancelDialog run={dialog.run} onClose={onClose} />
  ) : (
    <ReplayDialog run={dialog.run} start={dialog.start ?? null} eventInput={dialog.eventInput ?? {}} onClose={onClose} />
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

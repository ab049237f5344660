"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ConnectionView } from "#lib/shared/api-types.ts";

/** Takes a connection out of service with a reason, or puts it back. */
export function IsolateDialog({ connection, onClose }: { connection: ConnectionView; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const isolated = connection.status === "isolated";
  const change = useMutation({
    mutationFn: () =>
      isolated
        ? api.post<ConnectionView>(`/connections/${connection.id}/release`)
        : api.post<ConnectionView>(`/connections/${connection.id}/isolate`, { reason: reason.trim() }),
    onSuccess: async () => {
      onClose();
      toast.success(isolated ? `${connection.name} is back in service` : `${connection.name} is isolated`);
      await client.invalidateQueries({ queryKey: ["connections"] });
    },
  });
  const verb = isolated ? "Release connection" : "Isolate connection";
  const waiting = connection.waitingRuns === 0 ? "No run waits for it." : `${plural(connection.waitingRuns, "run")} will go on.`;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={isolated ? `Release ${connection.name}?` : `Isolate ${connection.name}?`}
      description={
        isolated ? waiting : "No step calls through it until somebody releases it. Steps that want to wait, and lose no attempt."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={change.isPending}
            disabledReason={isolated || reason.trim() !== "" ? null : "Say why first"}
            onClick={() => change.mutate()}
          >
            {verb}
          </Button>
        </>
      }
    >
      {isolated ? (
        <p className="text-fg-muted">
          {connection.isolatedReason ? `It was isolated because: ${connection.isolatedReason}` : "No reason was given."}
        </p>
      ) : (
        <Field label="Why" help="Whoever meets a waiting step reads it.">
          <Input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} autoComplete="off" />
        </Field>
      )}
      <ErrorLine error={change.error} />
    </Dialog>
  );
}

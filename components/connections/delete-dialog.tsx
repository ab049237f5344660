"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ConnectionView } from "#lib/shared/api-types.ts";

/** Deletes a connection nobody uses; otherwise names who does. */
export function DeleteDialog({ connection, onClose }: { connection: ConnectionView; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/connections/${connection.id}`),
    onSuccess: async () => {
      onClose();
      toast.success(`${connection.name} deleted`);
      await client.invalidateQueries({ queryKey: ["connections"] });
    },
  });
  const { usedBy } = connection;
  if (usedBy.length > 0) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title={`${connection.name} is in use`}
        description={`${plural(usedBy.length, "workflow")} would break. Choose another connection there first.`}
        footer={<Button onClick={onClose}>Close</Button>}
      >
        <ul className="flex flex-col gap-1">
          {usedBy.map((use) => (
            <li key={use.workflowId}>
              <Link href={`/workflows/${use.workflowId}`} className="text-accent-text hover:underline">
                {use.name}
              </Link>
            </li>
          ))}
        </ul>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete ${connection.name}?`}
      confirmLabel="Delete connection"
      danger
      typeToConfirm={connection.name}
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>Its secrets are gone with it. No workflow uses it.</p>
      <ErrorLine error={remove.error} />
    </ConfirmDialog>
  );
}

"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api } from "#components/api/client.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { DeadLetterView, IssueView } from "#lib/shared/inbox-types.ts";
import { useRefetchItems } from "./item-actions.ts";

/** An item is of another cause than the rest of its issue. */
export function SplitDialog({ item, onClose }: { item: DeadLetterView; onClose: () => void }) {
  const refetch = useRefetchItems();
  const router = useRouter();
  const split = useMutation({
    mutationFn: () => api.post<IssueView>(`/issues/${item.issueId}/split`, { deadLetterId: item.id }),
    onSuccess: async (issue) => {
      onClose();
      toast.success("Split off", { description: "To take it back, merge the two issues." });
      router.push(`/inbox?tab=all&issue=${issue.id}`);
      await refetch();
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Is this of another cause?"
      confirmLabel="Split off"
      loading={split.isPending}
      onConfirm={() => split.mutate()}
    >
      <p>This item, and every one like it now and later, becomes an issue of its own. The others stay where they are.</p>
      <p>What was merged comes apart again; else the very words of the error tell the two apart:</p>
      <p className="wrap-anywhere rounded-md border bg-subtle px-3 py-2 font-mono text-sm">{item.error.message}</p>
      <ErrorLine error={split.error} />
    </ConfirmDialog>
  );
}

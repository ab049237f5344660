"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { plural, sentence } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { IssueSummary, IssueView } from "#lib/shared/inbox-types.ts";
import { placeWords, unmergeable } from "./issue-words.ts";
import { useRefetchItems } from "./item-actions.ts";
import { mergeTargetsQuery } from "./queries.ts";

interface MergeDialogProps {
  issues: readonly IssueSummary[];
  onClose: () => void;
  /** With the issue that took the others over. */
  onMerged: (issueId: string) => void;
}

/** Several issues have one cause: one of them takes over what the others count, now and later. */
export function MergeDialog({ issues, onClose, onMerged }: MergeDialogProps) {
  const [into, setInto] = useState<string | null>(null);
  const refetch = useRefetchItems();
  const workflowId = issues[0]?.workflowId ?? "";
  const targets = useQuery(mergeTargetsQuery(workflowId));
  const own = new Set(issues.map((issue) => issue.id));
  // Of several one may be the target; a single one needs another.
  const others = issues.length > 1 ? issues : (targets.data?.items.filter((each) => !own.has(each.id) && unmergeable(each) === null) ?? []);
  const merge = useMutation({
    mutationFn: async (target: string) => {
      for (const issue of issues) if (issue.id !== target) await api.post<IssueView>(`/issues/${issue.id}/merge`, { into: target });
      return target;
    },
    onSuccess: async (target) => {
      onClose();
      toast.success("Merged", { description: "An item that is of another cause after all can be split off again." });
      onMerged(target);
      await refetch();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={issues.length > 1 ? `Merge ${issues.length} issues` : "Merge into another issue"}
      description="One issue takes over the items, and whatever comes of the same cause from now on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={merge.isPending}
            disabledReason={into === null ? "Choose the issue that stays" : null}
            onClick={() => (into === null ? undefined : merge.mutate(into))}
          >
            Merge issues
          </Button>
        </>
      }
    >
      <Field label="The issue that stays">
        <Combobox
          options={others.map((each) => ({
            value: each.id,
            label: sentence(each.title),
            description: `${placeWords(each)}, ${plural(each.count, "item")}`,
          }))}
          value={into}
          onValueChange={setInto}
          placeholder="Search issues of this workflow"
          emptyText="This workflow has no other issue."
        />
      </Field>
      <ErrorLine error={merge.error ?? targets.error} className="mt-3" />
    </Dialog>
  );
}

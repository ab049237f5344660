"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { api, messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { diffDocuments } from "#lib/graph/diff.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { workflowQuery } from "../queries.ts";
import { readDraft } from "../read-draft.ts";
import type { AutosaveHandle } from "../use-autosave.ts";
import { useEditorStore } from "../use-editor.ts";
import { ChangeList } from "./change-list.tsx";

interface ConflictDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  workflow: WorkflowView;
  saving: AutosaveHandle;
}

/** Two people (or tabs) edited one draft: look at the differences, then keep both or take theirs. No choice loses an edit. */
export function ConflictDialog({ open, onOpenChange, workflow, saving }: ConflictDialogProps) {
  const theirs = useQuery({ ...workflowQuery(workflow.id), enabled: open, refetchOnMount: "always" });
  const document = theirs.data === undefined ? null : readDraft(theirs.data.draft.document);
  const mine = saving.state.current;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="md"
      title="Somebody else saved this draft"
      description="Perhaps you, in another tab. Nothing was overwritten."
    >
      {theirs.isFetching && open ? <SkeletonRows rows={3} label="Loading their draft" /> : null}
      {theirs.error === null ? null : (
        <ErrorState title="Their draft could not be loaded" error={theirs.error} onRetry={() => void theirs.refetch()} />
      )}
      {theirs.data === undefined || document === null || theirs.isFetching ? null : (
        <div className="flex flex-col gap-4">
          <p className="text-fg-muted">
            Their draft was saved <Time at={theirs.data.draft.updatedAt} />. From theirs to yours:
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard, too */}
          <div className="max-h-72 overflow-y-auto" tabIndex={0}>
            <ChangeList diff={diffDocuments(document, mine)} before={document} after={mine} />
          </div>
          <Choices
            workflow={workflow}
            saving={saving}
            theirs={document}
            revision={theirs.data.draft.revision}
            onDone={() => onOpenChange(false)}
          />
        </div>
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  workflow: WorkflowView;
  saving: AutosaveHandle;
  theirs: WorkflowDocument;
  revision: number;
  onDone: () => void;
}

function Choices({ workflow, saving, theirs, revision, onDone }: ChoicesProps) {
  const store = useEditorStore();
  const client = useQueryClient();
  const mine = saving.state.current;
  // An edit like any other, so that undo brings mine back.
  const takeTheirs = () => {
    saving.autosave.rebase({ revision, saved: theirs, current: theirs });
    store.getState().apply("Take the other draft", () => theirs);
    onDone();
  };
  const copy = useMutation({
    mutationFn: () => api.post<WorkflowView>("/workflows", { name: `${workflow.name} (my copy)`.slice(0, 120), document: mine }),
    onSuccess: (made) => {
      takeTheirs();
      void client.invalidateQueries({ queryKey: ["workflows"] });
      toast.success("Your edits are a workflow of their own", { description: <Link href={`/workflows/${made.id}`}>{made.name}</Link> });
    },
    onError: (error) => toast.error("The copy was not made", { description: messageOf(error) }),
  });
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={onDone}>Decide later</Button>
      <Button onClick={takeTheirs}>Take theirs</Button>
      <Button data-confirm variant="primary" loading={copy.isPending} onClick={() => copy.mutate()}>
        Keep mine as a copy
      </Button>
    </div>
  );
}

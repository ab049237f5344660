"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { diffDocuments } from "#lib/graph/diff.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { mergeDocuments, type Side } from "#lib/graph/merge.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { workflowQuery } from "../queries.ts";
import { readDraft } from "../read-draft.ts";
import type { AutosaveHandle } from "../use-autosave.ts";
import { useEditorStore } from "../use-editor.ts";
import { ChangeList } from "./change-list.tsx";
import { CollisionList } from "./collision-list.tsx";

interface ConflictDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  workflow: WorkflowView;
  saving: AutosaveHandle;
  /** My draft, and what it began as; when unknown, whatever differs is asked about. */
  mine: WorkflowDocument;
  base: WorkflowDocument | undefined;
  /** One of the choices was taken. */
  onSettled?: () => void;
}

/** Two people (or tabs) edited one draft: join both, take theirs, or keep mine as a copy. No choice loses an edit. */
export function ConflictDialog({ open, onOpenChange, workflow, saving, mine, base, onSettled }: ConflictDialogProps) {
  // What is in the cache may be older than what my edits collided with, also when the dialog is opened again.
  const theirs = useQuery({ ...workflowQuery(workflow.id), enabled: open, staleTime: 0, refetchOnMount: "always" });
  const document = theirs.data === undefined ? null : readDraft(theirs.data.draft.document);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="lg"
      title="Somebody else saved this draft"
      description="Perhaps you, in another tab. Nothing was overwritten."
    >
      {theirs.isFetching && open ? <SkeletonRows rows={3} label="Loading their draft" /> : null}
      {theirs.error === null ? null : (
        <ErrorState title="Their draft could not be loaded" error={theirs.error} onRetry={() => void theirs.refetch()} />
      )}
      {theirs.data === undefined || document === null || theirs.isFetching ? null : (
        <Conflict
          workflow={workflow}
          saving={saving}
          sides={{ base: base ?? emptied(document), mine, theirs: document }}
          server={theirs.data.draft}
          onDone={() => onOpenChange(false)}
          onSettled={onSettled}
        />
      )}
    </Dialog>
  );
}

// Without a common ground nothing counts as deleted, and what differs is a question.
function emptied(document: WorkflowDocument): WorkflowDocument {
  return { ...document, nodes: [], edges: [], stickyNotes: [], testing: {} };
}

interface ConflictProps {
  workflow: WorkflowView;
  saving: AutosaveHandle;
  sides: { base: WorkflowDocument; mine: WorkflowDocument; theirs: WorkflowDocument };
  server: { revision: number; updatedAt: string };
  onDone: () => void;
  onSettled: (() => void) | undefined;
}

function Conflict({ workflow, saving, sides, server, onDone, onSettled }: ConflictProps) {
  const [answers, setAnswers] = useState<Readonly<Record<string, Side>>>({});
  const { collisions, document: joined } = mergeDocuments(sides, (key) => answers[key] ?? "mine");
  const { base, mine, theirs } = sides;
  const settle = useSettle({ saving, server, sides, onDone, onSettled });
  const copy = useCopy(workflow, mine, () => settle("Take the other draft", theirs));
  return (
    <div className="flex min-h-0 flex-col gap-4">
      <div className="grid gap-4 md:grid-cols-2">
        <Changes title="What you changed" before={base} after={mine} />
        <Changes title="What was saved meanwhile" at={server.updatedAt} before={base} after={theirs} />
      </div>
      {collisions.length === 0 ? (
        <p className="text-fg-muted">You changed different things, so both can be kept.</p>
      ) : (
        <CollisionList
          collisions={collisions}
          documents={[mine, theirs]}
          sideOf={(key) => answers[key] ?? "mine"}
          onChoose={(key, side) => setAnswers((current) => ({ ...current, [key]: side }))}
        />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" onClick={onDone} className="mr-auto">
          Decide later
        </Button>
        <Button onClick={() => settle("Take the other draft", theirs)}>Take theirs</Button>
        <Button loading={copy.isPending} onClick={() => copy.mutate()}>
          Keep mine as a copy
        </Button>
        <Button data-confirm variant="primary" onClick={() => settle("Join both drafts", joined)}>
          Join both
        </Button>
      </div>
    </div>
  );
}

function Changes({ title, at, before, after }: { title: string; at?: string; before: WorkflowDocument; after: WorkflowDocument }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1.5 flex items-baseline gap-2 font-medium">
        {title}
        {at === undefined ? null : <Time at={at} className="font-normal text-fg-subtle text-sm" />}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard, too */}
      <div className="max-h-60 overflow-y-auto" tabIndex={0}>
        <ChangeList diff={diffDocuments(before, after)} before={before} after={after} />
      </div>
    </section>
  );
}

type Settling = Pick<ConflictProps, "saving" | "server" | "sides" | "onDone" | "onSettled">;

/** Ends the conflict with a document, as an edit like any other: undo brings mine back. */
function useSettle({ saving, server, sides: { mine, theirs }, onDone, onSettled }: Settling) {
  const store = useEditorStore();
  return (label: string, chosen: WorkflowDocument) => {
    const { apply } = store.getState();
    // Kept edits of an earlier visit are not in the editor yet, and undo is to find them.
    apply("Restore kept edits", () => mine);
    saving.autosave.rebase({ revision: server.revision, saved: theirs, current: chosen });
    apply(label, () => chosen);
    onSettled?.();
    onDone();
  };
}

function useCopy(workflow: WorkflowView, mine: WorkflowDocument, onCopied: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<WorkflowView>("/workflows", { name: `${workflow.name} (my copy)`.slice(0, 120), document: mine }),
    onSuccess: (made) => {
      onCopied();
      void client.invalidateQueries({ queryKey: ["workflows"] });
      toast.success("Your edits are a workflow of their own", { description: <Link href={`/workflows/${made.id}`}>{made.name}</Link> });
    },
    onError: (error) => toast.error("The copy was not made", { description: messageOf(error) }),
  });
}

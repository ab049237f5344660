"use client";

import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { SearchX } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { ApiFailure } from "#components/api/client.ts";
import { useSession } from "#components/api/session.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { nodeOf } from "./document-index.ts";
import { EditorLayout } from "./editor-layout.tsx";
import { NodePanel } from "./panel/lazy-node-panel.ts";
import { connectionsQuery, workflowQuery } from "./queries.ts";
import { readDraft } from "./read-draft.ts";
import { createEditorStore } from "./store.ts";
import { useAutosave } from "./use-autosave.ts";
import { EditorContext } from "./use-editor.ts";
import { usePanel } from "./use-panel.ts";
import { useProblemCheck } from "./use-problems.ts";

/** The canvas editor of one workflow. */
export function WorkflowEditor({ workflowId }: { workflowId: string }) {
  // Always asked anew at opening: an old draft from the cache would end in a conflict at the first edit.
  const workflow = useQuery({ ...workflowQuery(workflowId), refetchOnMount: "always" });
  const session = useSession();
  useLinkedPanel();
  usePageTitle(workflow.data === undefined ? undefined : `${workflow.data.name} · Editor`);
  const drawn = workflow.isFetchedAfterMount ? workflow.data : undefined;
  // Read once for each answer: of a large workflow it takes a moment.
  const document = useMemo(() => (drawn === undefined ? null : readDraft(drawn.draft.document)), [drawn]);
  if (drawn !== undefined) {
    if (document === null) {
      return (
        <ErrorState
          title="This draft cannot be shown"
          error={new Error("It was written by a newer version of Sluice. Nothing was changed.")}
        />
      );
    }
    const mayEdit = session.permissions.includes("workflows:write") && drawn.state !== "archived";
    return <EditorSession key={workflowId} workflow={drawn} document={document} mayEdit={mayEdit} />;
  }
  if (workflow.error instanceof ApiFailure && workflow.error.status === 404) {
    return (
      <EmptyState icon={<SearchX />} title="There is no such workflow" actions={<ButtonLink href="/workflows">All workflows</ButtonLink>}>
        The address is mistyped, or the workflow belongs to another workspace.
      </EmptyState>
    );
  }
  if (workflow.error !== null) {
    return (
      <ErrorState
        title="The workflow could not be loaded"
        error={workflow.error}
        onRetry={() => void workflow.refetch()}
        retrying={workflow.isFetching}
      />
    );
  }
  return (
    <SkeletonGate label="Loading the workflow">
      <EditorSkeleton />
    </SkeletonGate>
  );
}

const skeletonRows = ["w-20", "w-28", "w-16", "w-24", "w-32", "w-18"];

/** The header, the column beside the canvas, which on a phone stands for it, and steps in a row. */
function EditorSkeleton() {
  return (
    <div className="flex h-[calc(100dvh-2.75rem)] flex-col md:h-dvh">
      <div className="flex h-12 shrink-0 items-center gap-4 border-b px-4">
        <Skeleton className="w-40" />
        <Skeleton className="ml-auto w-24" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="flex w-full flex-col gap-6 p-5 md:w-10 md:shrink-0 md:border-r md:*:hidden min-[73.75rem]:w-52 min-[73.75rem]:*:block">
          {skeletonRows.map((width) => (
            <Skeleton key={width} className={width} />
          ))}
        </div>
        <div className="hidden flex-1 items-center justify-center gap-12 md:flex">
          {["first", "second", "third"].map((step) => (
            <div key={step} className="flex h-16 w-44 flex-col gap-3 rounded-md border p-3">
              <Skeleton className="w-24" />
              <Skeleton className="w-32" />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** A link to a step opens its panel: what that needs is fetched beside the workflow, not after it. */
function useLinkedPanel(): void {
  const { nodeId } = usePanel();
  const linked = nodeId !== null;
  useEffect(() => {
    if (linked) void NodePanel.fetch().catch(() => undefined);
  }, [linked]);
}

/**
 * One visit to the editor. The document it starts from is read once; later answers of the server update what surrounds
 * it (what is live, the triggers), never the document under the person's hands.
 */
function EditorSession({ workflow, document, mayEdit }: { workflow: WorkflowView; document: WorkflowDocument; mayEdit: boolean }) {
  const { nodeId } = usePanel();
  const [store] = useState(() => {
    const created = createEditorStore({ document, readOnly: !mayEdit });
    // The step that the address opens is the chosen one, as if it had been clicked.
    if (nodeId !== null && nodeOf(document, nodeId) !== undefined) created.getState().select({ nodeIds: [nodeId] });
    return created;
  });
  const [start] = useState(document);
  const saving = useAutosave(workflow, start, store);
  const connections = useQuery(connectionsQuery);
  useProblemCheck(store);
  useEffect(() => {
    store.getState().set({ readOnly: !mayEdit });
  }, [store, mayEdit]);
  useEffect(() => {
    store.getState().set({ connections: connections.data?.items ?? [] });
  }, [store, connections.data]);
  const { latestDocument, triggers } = workflow;
  useEffect(() => {
    store.getState().set({ polls: new Map(triggers.flatMap(({ nodeId: id, poll }) => (poll === null ? [] : [[id, poll]]))) });
  }, [store, triggers]);
  useEffect(() => {
    store.getState().set({ liveDocument: latestDocument === null ? null : readDraft(latestDocument) });
  }, [store, latestDocument]);
  return (
    <EditorContext value={store}>
      <ReactFlowProvider>
        <EditorLayout workflow={workflow} saving={saving} />
      </ReactFlowProvider>
    </EditorContext>
  );
}

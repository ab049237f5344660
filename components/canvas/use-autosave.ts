"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiFailure, api, messageOf } from "#components/api/client.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { DraftSaved, WorkflowView } from "#lib/shared/api-types.ts";
import { Autosave, type SaveAnswer } from "./autosave.ts";
import { hasUnsaved, type SaveState } from "./autosave-state.ts";
import { noteSave, workflowQuery } from "./queries.ts";
import type { EditorStore } from "./store.ts";

async function send(
  workflowId: string,
  body: { document: WorkflowDocument; revision: number },
): Promise<SaveAnswer & { problems?: DraftSaved["problems"] }> {
  try {
    const saved = await api.put<DraftSaved>(`/workflows/${workflowId}/draft`, body);
    return { kind: "saved", ...saved };
  } catch (error) {
    if (!(error instanceof ApiFailure)) return { kind: "rejected", reason: messageOf(error) };
    if (error.code === "stale_revision") return { kind: "stale" };
    const temporary = error.code === "network" || error.status >= 500 || error.status === 429 || error.status === 401;
    return temporary ? { kind: "unreachable" } : { kind: "rejected", reason: reasonOf(error) };
  }
}

function reasonOf(error: ApiFailure): string {
  const [problem] = error.problems;
  return problem === undefined ? error.message : `${problem.path}: ${problem.message}`;
}

export interface AutosaveHandle {
  state: SaveState;
  autosave: Autosave;
}

/** Saves the editor's document as it changes, and warns before a tab with unsaved edits is closed. */
export function useAutosave(workflow: WorkflowView, document: WorkflowDocument, store: EditorStore): AutosaveHandle {
  const client = useQueryClient();
  const listener = useRef<(state: SaveState) => void>(() => undefined);
  const [autosave] = useState(
    () =>
      new Autosave({
        workflowId: workflow.id,
        document,
        revision: workflow.draft.revision,
        storage: window.localStorage,
        save: async (draft) => {
          const sending = send(workflow.id, draft);
          noteSave(workflow.id, sending);
          const answer = await sending;
          if (answer.kind === "saved") rememberSaved(client, workflow.id, draft.document, answer);
          return answer;
        },
        onChange: (next) => listener.current(next),
      }),
  );
  const [state, setState] = useState(autosave.state);
  useEffect(() => {
    listener.current = setState;
    autosave.resume();
    const unsubscribe = store.subscribe((next, previous) => {
      if (next.document !== previous.document) autosave.edited(next.document);
    });
    return () => {
      unsubscribe();
      listener.current = () => undefined;
      autosave.stop();
    };
  }, [autosave, store]);
  useLeaveGuard(autosave);
  return { state, autosave };
}

/** The cached workflow follows what was saved, so that coming back shows it at once. */
function rememberSaved(
  client: ReturnType<typeof useQueryClient>,
  workflowId: string,
  document: WorkflowDocument,
  saved: { revision: number; savedAt: string },
) {
  client.setQueryData(workflowQuery(workflowId).queryKey, (known) =>
    known === undefined
      ? known
      : { ...known, draft: { document: JSON.parse(JSON.stringify(document)), revision: saved.revision, updatedAt: saved.savedAt } },
  );
}

function useLeaveGuard(autosave: Autosave): void {
  useEffect(() => {
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      autosave.keepLocally();
      if (hasUnsaved(autosave.state)) event.preventDefault();
    };
    const onHide = () => autosave.keepLocally();
    const onOnline = () => void autosave.flush();
    window.addEventListener("beforeunload", onBeforeUnload);
    window.addEventListener("pagehide", onHide);
    window.addEventListener("online", onOnline);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      window.removeEventListener("beforeunload", onBeforeUnload);
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("online", onOnline);
      document.removeEventListener("visibilitychange", onHide);
    };
  }, [autosave]);
}

"use client";

import { CloudOff, GitCompareArrows, History, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { lazyDialog, OnceOpen } from "#components/ui/lazy.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { forgetLocalDraft, type LocalDraft, readLocalDraft } from "../local-draft.ts";
import { RolloutNotice } from "../rollout/rollout-notice.tsx";
import type { AutosaveHandle } from "../use-autosave.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { Notice } from "./notice.tsx";

const ConflictDialog = lazyDialog(async () => (await import("../publish/conflict-dialog.tsx")).ConflictDialog);

/** What a person should know about this draft, in quiet lines below the header: nothing here interrupts typing. */
export function Notices({ workflow, saving }: { workflow: WorkflowView; saving: AutosaveHandle }) {
  const [comparing, setComparing] = useState(false);
  const readOnly = useEditor((state) => state.readOnly);
  const { state } = saving;
  const newer = state.phase !== "saving" && state.phase !== "conflict" && workflow.draft.revision > state.revision;
  return (
    <>
      {readOnly ? <ReadOnlyNotice workflow={workflow} /> : null}
      {workflow.state === "paused" ? (
        <Notice icon={<TriangleAlert aria-hidden className="text-retrying" />}>
          This workflow is paused{workflow.pausedReason === null ? "" : `: ${workflow.pausedReason}`}. No new runs start.
        </Notice>
      ) : null}
      <RolloutNotice workflow={workflow} />
      <KeptDraftNotice workflow={workflow} saving={saving} />
      {state.phase === "conflict" || newer ? (
        <Notice
          icon={<GitCompareArrows aria-hidden className="text-failed" />}
          actions={
            <Button size="sm" onClick={() => setComparing(true)}>
              Compare and decide
            </Button>
          }
        >
          {state.phase === "conflict"
            ? "Somebody, or another tab, saved this draft while you were editing. Your edits are kept in this browser."
            : "This draft was saved somewhere else meanwhile."}
        </Notice>
      ) : null}
      {state.phase === "rejected" ? (
        <Notice
          icon={<CloudOff aria-hidden className="text-failed" />}
          actions={
            <Button size="sm" onClick={() => void saving.autosave.flush()}>
              Try again
            </Button>
          }
        >
          The server did not take the draft: {state.reason}
        </Notice>
      ) : null}
      <OnceOpen open={comparing} part={ConflictDialog}>
        <ConflictDialog
          open={comparing}
          onOpenChange={setComparing}
          workflow={workflow}
          saving={saving}
          mine={state.current}
          base={state.saved}
        />
      </OnceOpen>
    </>
  );
}

function ReadOnlyNotice({ workflow }: { workflow: WorkflowView }) {
  return (
    <Notice icon={<History aria-hidden className="text-fg-subtle" />}>
      {workflow.state === "archived"
        ? "This workflow is archived and can only be looked at."
        : "You may look at this workflow and run it, but not change it."}
    </Notice>
  );
}

/** Edits of an earlier visit that never reached the server are offered, not forced upon the draft. */
function KeptDraftNotice({ workflow, saving }: { workflow: WorkflowView; saving: AutosaveHandle }) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const [kept, setKept] = useState<LocalDraft | null>(null);
  const [atStart] = useState(saving.state.saved);
  const [comparing, setComparing] = useState(false);
  useEffect(() => {
    const found = readLocalDraft(window.localStorage, workflow.id);
    setKept(found !== null && JSON.stringify(found.document) !== JSON.stringify(atStart) ? found : null);
  }, [workflow.id, atStart]);
  if (kept === null || readOnly) return null;
  const forget = () => {
    forgetLocalDraft(window.localStorage, workflow.id);
    setKept(null);
  };
  // Put over a draft that went on, they would undo what was saved since: then a person compares.
  const moved = kept.revision !== saving.state.revision;
  const restore = () => {
    forget();
    store.getState().apply("Restore kept edits", () => kept.document);
  };
  return (
    <>
      <Notice
        icon={<History aria-hidden className="text-retrying" />}
        actions={
          <>
            <Button size="sm" onClick={forget}>
              Discard them
            </Button>
            <Button
              size="sm"
              variant="primary"
              onClick={moved ? () => void saving.autosave.flush().then(() => setComparing(true)) : restore}
            >
              {moved ? "Compare and decide" : "Restore them"}
            </Button>
          </>
        }
      >
        Edits made <Time at={kept.at} /> were kept in this browser and never saved{moved ? "; the draft has changed since." : "."}
      </Notice>
      <OnceOpen open={comparing} part={ConflictDialog}>
        <ConflictDialog
          open={comparing}
          onOpenChange={setComparing}
          workflow={workflow}
          saving={saving}
          mine={kept.document}
          base={kept.base}
          onSettled={forget}
        />
      </OnceOpen>
    </>
  );
}

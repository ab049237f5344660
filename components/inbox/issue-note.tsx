"use client";

import { PencilLine } from "lucide-react";
import { useEffect, useRef } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { NoteEditor } from "./note-editor.tsx";
import { draftOf, isSaved, useNoteDraft } from "./use-note-draft.ts";
import type { Triage } from "./use-triage.ts";

/** What people should know about this issue, as Markdown. Shared by everybody. */
export function IssueNote({ issue, triage }: { issue: IssueView; triage: Triage }) {
  const [draft, setDraft] = useNoteDraft(issue.id);
  const denied = useDenied("issues:write");
  const editor = useRef<HTMLTextAreaElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const isAsked = useRef(false);
  const saved = draft !== null && isSaved(draft, issue.note);
  useEffect(() => (saved ? setDraft(null) : undefined));
  const isEditing = denied === null && !saved && (draft !== null || issue.note === "");
  // Whoever opens the field types into it next, and whoever stood in it when it went is back at its opener.
  useEffect(() => {
    if (isEditing && isAsked.current) editor.current?.focus();
    if (!isEditing && isAsked.current && document.activeElement === document.body) opener.current?.focus();
    isAsked.current = isEditing;
  }, [isEditing]);
  if (isEditing) {
    return (
      <NoteEditor
        ref={editor}
        note={issue.note}
        draft={draft ?? draftOf(issue.note)}
        isOpened={draft !== null}
        onChange={setDraft}
        onSave={(text) => triage.act([issue], { note: text })}
      />
    );
  }
  return (
    <section aria-label="Note">
      <div className="mb-1.5 flex items-center justify-between gap-2">
        <h3 className="font-medium">Note</h3>
        <Button
          ref={opener}
          size="sm"
          variant="ghost"
          icon={<PencilLine aria-hidden />}
          disabledReason={denied}
          onClick={() => {
            isAsked.current = true;
            setDraft(draftOf(issue.note));
          }}
          data-issue-note
        >
          Edit
        </Button>
      </div>
      {issue.note === "" ? <p className="text-fg-muted">Nobody has written anything yet.</p> : <Markdown text={issue.note} />}
    </section>
  );
}

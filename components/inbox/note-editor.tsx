"use client";

import { type Ref, useDeferredValue } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { keysInWords } from "#components/ui/shortcuts.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { useDoing } from "./presence.tsx";
import { type Draft, isStale } from "./use-note-draft.ts";

interface NoteEditorProps {
  ref: Ref<HTMLTextAreaElement>;
  /** As it is stored now. */
  note: string;
  draft: Draft;
  /** Whether there is something to close, rather than a field that waits for its first word. */
  isOpened: boolean;
  onChange: (draft: Draft | null) => void;
  onSave: (text: string) => void;
}

/** The field of a note and, beside it, how it will look. */
export function NoteEditor({ ref, note, draft, isOpened, onChange, onSave }: NoteEditorProps) {
  useDoing("writing", draft.text !== draft.base);
  const preview = useDeferredValue(draft.text);
  const dirty = draft.text !== draft.base;
  const save = () => {
    if (!dirty) return;
    onChange({ ...draft, sent: true });
    onSave(draft.text);
  };
  return (
    <form
      className="@container"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="grid gap-3 @2xl:grid-cols-2">
        <div>
          <Field label="Note" aside="Markdown">
            <Textarea
              ref={ref}
              value={draft.text}
              onChange={(event) => onChange({ ...draft, text: event.target.value, sent: false })}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
              }}
              maxLength={20_000}
              placeholder="What was found out, who was asked"
              className="field-sizing-content max-h-96 min-h-20"
              data-issue-note
            />
          </Field>
          {isOpened ? (
            <span className="mt-2 flex items-center gap-2">
              <Button type="submit" variant="primary" size="sm" disabledReason={dirty ? null : "Nothing is changed"}>
                Save note
              </Button>
              <Button size="sm" onClick={() => onChange(null)}>
                {dirty ? "Discard" : "Cancel"}
              </Button>
              <Kbd keys={keysInWords("$mod+Enter")} />
            </span>
          ) : null}
        </div>
        {preview.trim() === "" ? null : (
          <section aria-label="Preview" className="min-w-0">
            <h4 className="mb-1 text-fg-muted text-sm">Preview</h4>
            <Markdown text={preview} className="rounded-md border border-dashed px-2.5 py-1.5" />
          </section>
        )}
      </div>
      {isStale(draft, note) ? (
        <section aria-label="Note of somebody else" className="mt-2 rounded-md bg-retrying-tint px-3 py-2">
          <p className="font-medium text-retrying">Somebody else has changed the note meanwhile. Saving yours replaces theirs:</p>
          {note === "" ? <p className="mt-1 text-fg-muted">It is empty now.</p> : <Markdown text={note} className="mt-1" />}
        </section>
      ) : null}
    </form>
  );
}

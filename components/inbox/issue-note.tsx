"use client";

import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { Triage } from "./use-triage.ts";

/** What people should know about this issue. Shared by everybody. */
export function IssueNote({ issue, triage }: { issue: IssueView; triage: Triage }) {
  const [text, setText] = useState(issue.note);
  const denied = useDenied("issues:write");
  const dirty = text !== issue.note;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (dirty && !denied) triage.act([issue], { note: text });
      }}
    >
      <Field label="Note">
        <Textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={20_000}
          placeholder="What was found out, who was asked"
          readOnly={denied !== null}
          data-issue-note
        />
      </Field>
      {dirty ? (
        <span className="mt-2 flex gap-2">
          <Button type="submit" variant="primary" size="sm">
            Save note
          </Button>
          <Button size="sm" onClick={() => setText(issue.note)}>
            Discard
          </Button>
        </span>
      ) : null}
    </form>
  );
}

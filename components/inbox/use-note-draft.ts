"use client";

import { useState } from "react";

/** A note while somebody writes it. */
export interface Draft {
  text: string;
  /** What stood there when the writing began. */
  base: string;
  /** Whether it was sent as it stands. */
  sent: boolean;
}

export function draftOf(note: string): Draft {
  return { text: note, base: note, sent: false };
}

/** Whether what was sent has arrived: the draft is not needed any more. */
export function isSaved(draft: Draft, note: string): boolean {
  return draft.sent && draft.text === note;
}

/** Whether somebody else has saved another note since the writing began. */
export function isStale(draft: Draft, note: string): boolean {
  return draft.base !== note && draft.text !== note;
}

const drafts = new Map<string, Draft>();

/** What is being written about an issue. It is still there when one has looked at something else meanwhile. */
export function useNoteDraft(issueId: string): [Draft | null, (draft: Draft | null) => void] {
  const [draft, setDraft] = useState(() => drafts.get(issueId) ?? null);
  const change = (next: Draft | null) => {
    if (next) drafts.set(issueId, next);
    else drafts.delete(issueId);
    setDraft(next);
  };
  return [draft, change];
}

"use client";

import { useQueryState } from "nuqs";
import { useDenied, useSession } from "#components/api/session.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import type { TriageAsk } from "./triage-dialogs.tsx";
import type { Triage } from "./use-triage.ts";

interface InboxKeys {
  /** What is selected, else the issue that is open. */
  targets: readonly IssueSummary[];
  triage: Triage;
  onAsk: (ask: TriageAsk) => void;
  onMove: (by: number) => void;
  onToggle: () => void;
  onClear: () => void;
}

export function isClosed({ status }: Pick<IssueSummary, "status">): boolean {
  return status === "resolved" || status === "ignored";
}

/** The keys of the inbox. What they do is in the toolbars and menus too. */
export function useInboxKeys({ targets, triage, onAsk, onMove, onToggle, onClear }: InboxKeys) {
  const { user } = useSession();
  const denied = useDenied("issues:write");
  const [, setPane] = useQueryState("pane");
  const [, setItem] = useQueryState("item");
  const unsettled = targets.filter((issue) => !isClosed(issue));
  const onAll = (act: (issues: readonly IssueSummary[]) => void) => () => (denied || targets.length === 0 ? undefined : act(targets));
  const onOpen = (act: (issues: readonly IssueSummary[]) => void) => () => (denied || unsettled.length === 0 ? undefined : act(unsettled));
  const writeNote = async () => {
    await Promise.all([setItem(null), setPane("activity")]);
    requestAnimationFrame(() => {
      // It appears with the pane: the field, or the button that opens it.
      const note = document.querySelector<HTMLElement>("[data-issue-note]");
      note?.focus();
      note?.click();
    });
  };
  useShortcuts("Inbox", [
    { keys: "j", label: "Next issue", run: () => onMove(1) },
    { keys: "k", label: "Previous issue", run: () => onMove(-1) },
    { keys: "x", label: "Select and go down", run: onToggle },
    { keys: "Shift+J", label: "Select and go down", run: onToggle },
    { keys: "Escape", label: "Clear the selection", run: onClear },
    { keys: "e", label: "Resolve", run: onOpen((issues) => triage.act(issues, { status: "resolved" })) },
    { keys: "h", label: "Snooze", run: onOpen((issues) => onAsk({ kind: "snooze", issues })) },
    { keys: "a", label: "Assign", run: onAll((issues) => onAsk({ kind: "assign", issues })) },
    { keys: "i", label: "Assign to me", run: onAll((issues) => triage.act(issues, { assigneeId: user.id })) },
    { keys: "Shift+E", label: "Ignore", run: onOpen((issues) => onAsk({ kind: "ignore", issues })) },
    { keys: "u", label: "Undo", run: () => triage.undoLast() },
    { keys: "n", label: "Write a note", run: () => void writeNote() },
    { keys: "/", label: "Search", run: () => document.querySelector<HTMLElement>("[data-inbox-search]")?.focus() },
  ]);
}

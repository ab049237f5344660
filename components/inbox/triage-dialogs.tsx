"use client";

import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { plural } from "#components/ui/format.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { AssignDialog } from "./assign-dialog.tsx";
import { BulkDiscardDialog } from "./bulk-discard-dialog.tsx";
import { BulkRedriveDialog } from "./bulk-redrive-dialog.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { SnoozeDialog } from "./snooze-dialog.tsx";
import type { Triage } from "./use-triage.ts";

export interface TriageAsk {
  kind: "snooze" | "assign" | "ignore" | "redrive" | "discard" | "merge";
  issues: readonly IssueSummary[];
}

interface TriageDialogsProps {
  ask: TriageAsk | null;
  triage: Triage;
  onClose: () => void;
  onMerged: (issueId: string) => void;
}

/** The dialogs of one issue or of several; one at a time. */
export function TriageDialogs({ ask, triage, onClose, onMerged }: TriageDialogsProps) {
  if (!ask) return null;
  const { kind, issues } = ask;
  if (kind === "snooze") {
    return (
      <SnoozeDialog count={issues.length} onClose={onClose} onSnooze={(snooze) => triage.act(issues, { status: "snoozed", snooze })} />
    );
  }
  if (kind === "assign")
    return <AssignDialog issues={issues} onClose={onClose} onAssign={(assigneeId) => triage.act(issues, { assigneeId })} />;
  if (kind === "merge") return <MergeDialog issues={issues} onClose={onClose} onMerged={onMerged} />;
  if (kind === "redrive") return <BulkRedriveDialog filter={{ issueIds: issues.map((issue) => issue.id) }} onClose={onClose} />;
  if (kind === "discard") return <BulkDiscardDialog filter={{ issueIds: issues.map((issue) => issue.id) }} onClose={onClose} />;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={issues.length === 1 ? "Ignore this issue?" : `Ignore ${plural(issues.length, "issue")}?`}
      confirmLabel={issues.length === 1 ? "Ignore issue" : `Ignore ${plural(issues.length, "issue")}`}
      danger
      onConfirm={() => {
        onClose();
        triage.act(issues, { status: "ignored" });
      }}
    >
      <p>Nobody will be told when it happens again. The items stay where they are.</p>
    </ConfirmDialog>
  );
}

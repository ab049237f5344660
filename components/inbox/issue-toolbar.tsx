"use client";

import { CircleCheck, Eye, MoonStar, RotateCcw, RotateCw, UserPlus } from "lucide-react";
import { useQueryState } from "nuqs";
import { useState } from "react";
import { useDenied, useSession } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import type { IssueView } from "#lib/shared/api-types.ts";
import { AssignDialog } from "./assign-dialog.tsx";
import { BulkRedriveDialog } from "./bulk-redrive-dialog.tsx";
import { SnoozeDialog } from "./snooze-dialog.tsx";
import type { Triage } from "./use-triage.ts";

type Open = "snooze" | "assign" | "ignore" | "redrive" | null;

/** What can be done with the whole issue; with all its items only while none of them is open (`forAll`). */
export function IssueToolbar({ issue, triage, forAll }: { issue: IssueView; triage: Triage; forAll: boolean }) {
  const [open, setOpen] = useState<Open>(null);
  const { user } = useSession();
  const denied = useDenied("issues:write");
  const closed = issue.status === "resolved" || issue.status === "ignored";
  const resolve = () => triage(issue, { status: "resolved" });
  const reopen = () => triage(issue, { status: "open" });
  useIssueKeys({ issue, triage, denied, setOpen });
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      {closed || issue.status === "snoozed" ? (
        <Button icon={<RotateCcw aria-hidden />} disabledReason={denied} onClick={reopen}>
          Reopen
        </Button>
      ) : null}
      {closed ? null : (
        <>
          {forAll ? <RedriveAll issue={issue} denied={denied} onOpen={() => setOpen("redrive")} /> : null}
          <Button icon={<CircleCheck aria-hidden />} disabledReason={denied} onClick={resolve}>
            Resolve
          </Button>
          <Button icon={<MoonStar aria-hidden />} disabledReason={denied} onClick={() => setOpen("snooze")}>
            Snooze
          </Button>
        </>
      )}
      <Button icon={<UserPlus aria-hidden />} disabledReason={denied} onClick={() => setOpen("assign")}>
        {issue.assignee?.name ?? "Assign"}
      </Button>
      <Menu
        trigger={<Button variant="ghost">More</Button>}
        entries={[
          { label: "Assign to me", shortcut: "i", disabledReason: denied, onSelect: () => triage(issue, { assigneeId: user.id }) },
          {
            label: "Acknowledge",
            icon: <Eye aria-hidden />,
            disabledReason: denied ?? (issue.status === "open" ? null : "It is not open"),
            onSelect: () => triage(issue, { status: "acknowledged" }),
          },
          { type: "separator" },
          { label: "Ignore", shortcut: "Shift E", danger: true, disabledReason: denied, onSelect: () => setOpen("ignore") },
        ]}
      />
      <IssueDialogs issue={issue} triage={triage} open={open} onClose={() => setOpen(null)} />
    </div>
  );
}

function RedriveAll({ issue, denied, onOpen }: { issue: IssueView; denied: string | null; onOpen: () => void }) {
  if (issue.openCount < 2) return null;
  return (
    <Button variant="primary" icon={<RotateCw aria-hidden />} disabledReason={denied} onClick={onOpen}>
      Redrive all {formatCount(issue.openCount)}
    </Button>
  );
}

function IssueDialogs({ issue, triage, open, onClose }: { issue: IssueView; triage: Triage; open: Open; onClose: () => void }) {
  if (open === "snooze")
    return <SnoozeDialog onClose={onClose} onSnooze={(until) => triage(issue, { status: "snoozed", snooze: { until } })} />;
  if (open === "assign") return <AssignDialog issue={issue} onClose={onClose} onAssign={(assigneeId) => triage(issue, { assigneeId })} />;
  if (open === "redrive") return <BulkRedriveDialog filter={{ issueIds: [issue.id] }} onClose={onClose} />;
  if (open !== "ignore") return null;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Ignore this issue?"
      confirmLabel="Ignore issue"
      danger
      onConfirm={() => {
        onClose();
        triage(issue, { status: "ignored" });
      }}
    >
      <p>Nobody will be told when it happens again. Its items stay where they are.</p>
    </ConfirmDialog>
  );
}

interface IssueKeys {
  issue: IssueView;
  triage: Triage;
  denied: string | null;
  setOpen: (open: Open) => void;
}

function useIssueKeys({ issue, triage, denied, setOpen }: IssueKeys) {
  const { user } = useSession();
  const [, setPane] = useQueryState("pane");
  const [, setItem] = useQueryState("item");
  const allowed = (act: () => void) => () => (denied ? undefined : act());
  const closed = issue.status === "resolved" || issue.status === "ignored";
  const open = (act: () => void) => () => (denied || closed ? undefined : act());
  const writeNote = async () => {
    await Promise.all([setItem(null), setPane("activity")]);
    // The field appears with the pane.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-issue-note]")?.focus());
  };
  useShortcuts("Issue", [
    { keys: "e", label: "Resolve", run: open(() => triage(issue, { status: "resolved" })) },
    { keys: "h", label: "Snooze", run: open(() => setOpen("snooze")) },
    { keys: "a", label: "Assign", run: allowed(() => setOpen("assign")) },
    { keys: "i", label: "Assign to me", run: allowed(() => triage(issue, { assigneeId: user.id })) },
    { keys: "Shift+E", label: "Ignore", run: open(() => setOpen("ignore")) },
    { keys: "n", label: "Write a note", run: () => void writeNote() },
  ]);
}

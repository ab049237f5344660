"use client";

import {
  BellOff,
  BellPlus,
  CircleCheck,
  Ellipsis,
  Eye,
  FileDown,
  Merge,
  MoonStar,
  RotateCcw,
  RotateCw,
  Trash2,
  UserCheck,
  UserPlus,
} from "lucide-react";
import { getText, messageOf } from "#components/api/client.ts";
import { useDenied, useSession } from "#components/api/session.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { download } from "#components/ui/download.ts";
import { formatCount, shortId } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.tsx";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { unmergeable } from "./issue-words.ts";
import type { TriageAsk } from "./triage-dialogs.tsx";
import { isClosed } from "./use-inbox-keys.ts";
import type { Triage } from "./use-triage.ts";

interface IssueToolbarProps {
  issue: IssueView;
  triage: Triage;
  onAsk: (ask: TriageAsk) => void;
  /** With all its items, while none of them is open. */
  forAll: boolean;
}

/** What can be done with the whole issue. */
export function IssueToolbar({ issue, triage, onAsk, forAll }: IssueToolbarProps) {
  const denied = useDenied("issues:write");
  const closed = isClosed(issue);
  const ask = (kind: TriageAsk["kind"]) => () => onAsk({ kind, issues: [issue] });
  if (issue.mergedInto !== null) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3 max-sm:gap-1.5">
      {closed || issue.status === "snoozed" ? (
        <Button icon={<RotateCcw aria-hidden />} disabledReason={denied} onClick={() => triage.act([issue], { status: "open" })}>
          Reopen
        </Button>
      ) : null}
      {forAll && issue.openCount > 1 && (!closed || issue.resolvedByItself) ? (
        <Button variant="primary" icon={<RotateCw aria-hidden />} disabledReason={denied} onClick={ask("redrive")}>
          Redrive all {formatCount(issue.openCount)}
        </Button>
      ) : null}
      {closed ? null : (
        <>
          <Button icon={<CircleCheck aria-hidden />} disabledReason={denied} onClick={() => triage.act([issue], { status: "resolved" })}>
            Resolve
          </Button>
          <Button className="max-sm:px-2" icon={<MoonStar aria-hidden />} disabledReason={denied} onClick={ask("snooze")}>
            <span className="max-sm:sr-only">Snooze</span>
          </Button>
        </>
      )}
      <Button className="max-sm:px-2" icon={<UserPlus aria-hidden />} disabledReason={denied} onClick={ask("assign")}>
        <span className="max-sm:sr-only">{issue.assignee?.name ?? "Assign"}</span>
      </Button>
      <MoreMenu issue={issue} triage={triage} onAsk={onAsk} denied={denied} />
    </div>
  );
}

/** A new rule that speaks of what is like this issue. */
function alertAddress({ workflowId, type }: IssueView): string {
  const ofWorkflow = workflowId === null ? {} : { workflow: workflowId };
  return `/alerts?${new URLSearchParams({ tab: "rules", edit: "new", ...ofWorkflow, type })}`;
}

async function savePostMortem(issue: IssueView): Promise<void> {
  try {
    download(`post-mortem-${shortId(issue.id)}.md`, await getText(`/issues/${issue.id}/post-mortem`), "text/markdown");
  } catch (error) {
    toast.error("The post-mortem could not be written", { description: messageOf(error) });
  }
}

function MoreMenu({ issue, triage, onAsk, denied }: Omit<IssueToolbarProps, "forAll"> & { denied: string | null }) {
  const { user } = useSession();
  const closed = isClosed(issue) ? "It is closed already" : null;
  return (
    <Menu
      trigger={<IconButton label="More" size="icon" icon={<Ellipsis aria-hidden />} />}
      entries={[
        {
          label: "Assign to me",
          icon: <UserCheck aria-hidden />,
          shortcut: "i",
          disabledReason: denied,
          onSelect: () => triage.act([issue], { assigneeId: user.id }),
        },
        {
          label: "Acknowledge",
          icon: <Eye aria-hidden />,
          disabledReason: denied ?? (issue.status === "open" ? null : "It is not open"),
          onSelect: () => triage.act([issue], { status: "acknowledged" }),
        },
        {
          label: "Resolve in the next version",
          icon: <CircleCheck aria-hidden />,
          disabledReason: denied ?? closed ?? (isHealthKind(issue.type) ? "It is of no version" : null),
          onSelect: () => triage.act([issue], { status: "resolved", inNextVersion: true }),
        },
        {
          label: "Merge into another issue",
          icon: <Merge aria-hidden />,
          disabledReason: denied ?? unmergeable(issue),
          onSelect: () => onAsk({ kind: "merge", issues: [issue] }),
        },
        { type: "link", label: "Alert me about this", icon: <BellPlus aria-hidden />, href: alertAddress(issue) },
        { label: "Download post-mortem", icon: <FileDown aria-hidden />, onSelect: () => void savePostMortem(issue) },
        { type: "separator" },
        {
          label: "Discard all open items",
          icon: <Trash2 aria-hidden />,
          danger: true,
          disabledReason: denied ?? (issue.openCount === 0 ? "No item is open" : null),
          onSelect: () => onAsk({ kind: "discard", issues: [issue] }),
        },
        {
          label: "Ignore",
          icon: <BellOff aria-hidden />,
          shortcut: "Shift E",
          danger: true,
          disabledReason: denied ?? closed,
          onSelect: () => onAsk({ kind: "ignore", issues: [issue] }),
        },
      ]}
    />
  );
}

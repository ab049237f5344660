"use client";

import { CircleCheck, MoonStar, RotateCw, UserPlus, X } from "lucide-react";
import { useDenied, useSession } from "#components/api/session.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { unmergeable } from "./issue-words.ts";
import type { TriageAsk } from "./triage-dialogs.tsx";
import type { Triage } from "./use-triage.ts";

interface BulkBarProps {
  issues: readonly IssueSummary[];
  triage: Triage;
  onAsk: (ask: TriageAsk) => void;
  onClear: () => void;
}

/** What can be done with all selected issues at once: all are changed, or none. */
export function BulkBar({ issues, triage, onAsk, onClear }: BulkBarProps) {
  const denied = useDenied("issues:write");
  const { user } = useSession();
  const icon = { size: "icon-sm", disabledReason: denied } as const;
  const sameWorkflow = issues.every((issue) => issue.workflowId === issues[0]?.workflowId);
  const unfit = issues.some((issue) => unmergeable(issue) !== null) ? "Some have no items to be merged" : null;
  const mergeReason = issues.length < 2 ? "Select at least two" : (unfit ?? (sameWorkflow ? null : "They are of several workflows"));
  const itemless = issues.every((issue) => issue.openCount === 0) ? "No item is open" : null;
  return (
    <div role="toolbar" aria-label="Selected issues" className="flex items-center gap-0.5 border-b bg-accent-tint py-1.5 pr-2 pl-4">
      <span role="status" className="mr-auto font-medium tabular-nums">
        {issues.length} selected
      </span>
      <IconButton
        {...icon}
        label="Resolve"
        shortcut="e"
        icon={<CircleCheck aria-hidden />}
        onClick={() => triage.act(issues, { status: "resolved" })}
      />
      <IconButton {...icon} label="Snooze" shortcut="h" icon={<MoonStar aria-hidden />} onClick={() => onAsk({ kind: "snooze", issues })} />
      <IconButton {...icon} label="Assign" shortcut="a" icon={<UserPlus aria-hidden />} onClick={() => onAsk({ kind: "assign", issues })} />
      <IconButton
        {...icon}
        label="Redrive all items"
        disabledReason={denied ?? itemless}
        icon={<RotateCw aria-hidden />}
        onClick={() => onAsk({ kind: "redrive", issues })}
      />
      <Menu
        trigger={
          <Button variant="ghost" size="sm">
            More
          </Button>
        }
        entries={[
          { label: "Assign to me", shortcut: "i", disabledReason: denied, onSelect: () => triage.act(issues, { assigneeId: user.id }) },
          { label: "Acknowledge", disabledReason: denied, onSelect: () => triage.act(issues, { status: "acknowledged" }) },
          {
            label: "Resolve in the next version",
            disabledReason: denied,
            onSelect: () => triage.act(issues, { status: "resolved", inNextVersion: true }),
          },
          { label: "Reopen", disabledReason: denied, onSelect: () => triage.act(issues, { status: "open" }) },
          { label: "Merge", disabledReason: denied ?? mergeReason, onSelect: () => onAsk({ kind: "merge", issues }) },
          { type: "separator" },
          {
            label: "Discard all items",
            danger: true,
            disabledReason: denied ?? itemless,
            onSelect: () => onAsk({ kind: "discard", issues }),
          },
          { label: "Ignore", shortcut: "Shift E", danger: true, disabledReason: denied, onSelect: () => onAsk({ kind: "ignore", issues }) },
        ]}
      />
      <IconButton label="Clear the selection" shortcut="Esc" icon={<X aria-hidden />} onClick={onClear} />
    </div>
  );
}

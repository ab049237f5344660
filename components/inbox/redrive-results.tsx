"use client";

import Link from "next/link";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, sentence, shortId } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { deadLetterLooks, runLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RedriveDetail } from "#lib/shared/inbox-types.ts";

const looks = {
  failed: { ...runLooks.failed, label: "Failed again", meaning: "Open in the inbox" },
  skipped: {
    ...deadLetterLooks.discarded,
    icon: runLooks.duplicate.icon,
    tone: "duplicate",
    label: "Skipped",
    meaning: "Nothing was done to it",
  },
} as const;

/** What needs a look: items that failed again or were left out. Of those that succeeded the number says enough. */
export function RedriveResults({ redrive }: { redrive: RedriveDetail }) {
  const { act, notable, progress } = redrive;
  const all = progress.failed + progress.skipped;
  return (
    <Panel
      title={act === "redrive" ? "Failed again or skipped" : "Skipped"}
      flush
      {...(all > notable.length ? { description: `The first ${notable.length} of ${formatCount(all)}` } : {})}
    >
      {notable.length === 0 ? (
        <EmptyState title={redrive.finishedAt === null ? "None so far" : "None"} className="py-8">
          {act === "redrive"
            ? "An item leaves the inbox only when its replay has succeeded; what does not is listed here."
            : "What it could not be done to is listed here, with the reason."}
        </EmptyState>
      ) : (
        <ul aria-label="Failed again or skipped">
          {notable.map((item) => (
            <li
              key={item.deadLetterId}
              className="flex min-h-(--row-height) flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-1.5 last:border-b-0"
            >
              <StatusBadge look={looks[item.state]} plain className="w-28" />
              <Link
                href={`/inbox?tab=all&issue=${item.issueId}&item=${item.deadLetterId}`}
                className="font-mono text-accent-text text-sm hover:underline"
              >
                Item {shortId(item.deadLetterId)}
              </Link>
              <span className="min-w-0 flex-1 truncate text-fg-muted">{item.reason === null ? null : sentence(item.reason)}</span>
              <Link href={`/runs/${item.runId}`} className="font-mono text-fg-muted text-sm hover:underline">
                Run {shortId(item.runId)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

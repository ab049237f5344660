import Link from "next/link";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, sentence, shortId } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { runLooks, type StatusLook } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RunBatchDetail } from "#lib/shared/run-batch-types.ts";

const skipped: StatusLook = { ...runLooks.canceled, label: "Skipped", meaning: "Nothing was done with it" };
const failed = {
  replay: { ...runLooks.failed, label: "Failed", meaning: "Its replay did not succeed" },
  cancel: { ...runLooks.queued, label: "Ended before", meaning: "It ended before it heard of the cancel" },
  move: { ...runLooks.failed, label: "Failed", meaning: "It was not moved" },
} as const satisfies Record<RunBatchDetail["action"], StatusLook>;

const title = { replay: "Failed or skipped", cancel: "Not canceled", move: "Not moved" } as const;

/** What needs a look. Of those that went well the number says enough. */
export function BatchResults({ batch }: { batch: RunBatchDetail }) {
  const { action, notable, progress } = batch;
  const all = progress.failed + progress.skipped;
  return (
    <Panel
      title={title[action]}
      flush
      {...(all > notable.length ? { description: `The first ${notable.length} of ${formatCount(all)}` } : {})}
    >
      {notable.length === 0 ? (
        <EmptyState title={batch.finishedAt === null ? "None so far" : "None"} className="py-8">
          Runs that did not go well, or were passed over, are listed here with the reason.
        </EmptyState>
      ) : (
        <ul aria-label={title[action]}>
          {notable.map(({ runId, newRunId, state, reason }) => (
            <li
              key={runId}
              className="flex min-h-(--row-height) flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-1.5 last:border-b-0"
            >
              <StatusBadge look={state === "failed" ? failed[action] : skipped} plain className="w-28" />
              <RunLink id={runId} label="Run" />
              <span className="min-w-0 flex-1 truncate text-fg-muted">{reason === null ? null : sentence(reason)}</span>
              {newRunId === null ? null : <RunLink id={newRunId} label="Its replay" />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunLink({ id, label }: { id: string; label: string }) {
  return (
    <Link href={`/runs/${id}`} className="font-mono text-accent-text text-sm hover:underline">
      {label} {shortId(id)}
    </Link>
  );
}

import { CircleDashed, Hourglass } from "lucide-react";
import Link from "next/link";
import { cn } from "#components/ui/cn.ts";
import { Duration } from "#components/ui/duration.tsx";
import type { Fact } from "#components/ui/facts.tsx";
import { plural, sentence, shortId } from "#components/ui/format.ts";
import { deadLetterLooks, runLooks } from "#components/ui/status.ts";
import { StatusIcon, toneClasses } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { issueTies } from "./issue-ties.ts";

function RunLink({ id, step }: { id: string; step?: string | null }) {
  return (
    <Link href={`/runs/${id}${step ? `?step=${step}` : ""}`} className="font-mono text-accent-text text-sm hover:underline">
      {shortId(id)}
    </Link>
  );
}

/** The issues of its failures, the runs that started this one, and those it started, as facts of its header. */
export function tieFacts(run: RunView): (Fact | false)[] {
  const issues = issueTies(run.deadLetters);
  return [
    issues.length > 0 && {
      name: issues.length === 1 ? "Issue" : "Issues",
      value: (
        <span className="flex flex-wrap gap-x-3">
          {issues.map((issue) => (
            <span key={issue.issueId} className="inline-flex items-center gap-1">
              <StatusIcon look={deadLetterLooks[issue.status]} />
              <Link href={issue.href} className="rounded text-accent-text hover:underline">
                {sentence(issue.words)}
              </Link>
            </span>
          ))}
        </span>
      ),
    },
    run.parent !== null && { name: "Called by", value: <RunLink id={run.parent.runId} step={run.parent.stepId} /> },
    run.failureOf !== null && { name: "For the failure of", value: <RunLink id={run.failureOf} /> },
    run.replays.length > 0 && {
      name: "Replayed by",
      value: (
        <span className="flex flex-wrap gap-x-2">
          {run.replays.map((replay) => (
            <span key={replay.runId} className="inline-flex items-center gap-1" title={runLooks[replay.status].label}>
              <StatusIcon look={runLooks[replay.status]} />
              <RunLink id={replay.runId} />
            </span>
          ))}
        </span>
      ),
    },
    run.children.length > 0 && {
      name: "Called",
      value: (
        <span className="flex flex-wrap gap-x-2">
          {run.children.map((child) => (
            <span key={child.runId} title={child.status}>
              {child.workflowName} <RunLink id={child.runId} />
            </span>
          ))}
        </span>
      ),
    },
  ];
}

/** A run that waits for nothing but a free worker. */
export function QueuedNotice({ run }: { run: RunView }) {
  if (run.status !== "queued" || run.held !== null) return null;
  return (
    <p role="status" className="mx-4 mt-3 flex items-start gap-2 rounded-md bg-queued-tint px-3 py-2 text-queued md:mx-6">
      <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        Queued: it is stored and starts when a worker is free. It has waited for <Duration since={run.createdAt} />.
      </span>
    </p>
  );
}

/** Why a run that was received has not started yet. */
export function HeldNotice({ run }: { run: RunView }) {
  if (run.held === null) return null;
  // To wait for more events is what the workflow is meant to do.
  const tone = toneClasses[run.held.reason === "arrivals" ? "waiting" : "retrying"];
  return (
    <p role="status" className={cn("mx-4 mt-3 flex items-start gap-2 rounded-md px-3 py-2 md:mx-6", tone.tint, tone.text)}>
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <HeldReason held={run.held} />
      </span>
    </p>
  );
}

/** By the workflow's control of arrivals. */
function Gathers({ gathers }: Pick<NonNullable<RunView["held"]>, "gathers">) {
  if (gathers === undefined) return "Waiting for more events.";
  return (
    <>
      Waiting for more events until <Time at={gathers.until} absolute />, {plural(gathers.events, "event", "events")} so far. The workflow's
      settings ask for that; its deliveries show each of them.
    </>
  );
}

function HeldReason({ held }: { held: NonNullable<RunView["held"]> }) {
  if (held.reason === "concurrency") return "Held: as many runs of this workflow as its settings allow are in progress.";
  if (held.reason === "arrivals") return <Gathers gathers={held.gathers} />;
  if (held.reason === "share") return "Held: this workflow has its share of the workers, and others are to have theirs.";
  return (
    <>
      Held: another run with the same order key comes first
      {held.behindRunId === null ? null : (
        <>
          , <RunLink id={held.behindRunId} />
        </>
      )}
      {held.deadLetter === null ? null : (
        <>
          . It failed and holds the key until{" "}
          <Link href={`/inbox?issue=${held.deadLetter.issueId}&item=${held.deadLetter.id}`} className="underline">
            its item in the inbox
          </Link>{" "}
          is redriven or discarded
        </>
      )}
      .
    </>
  );
}

import { Hourglass } from "lucide-react";
import Link from "next/link";
import type { Fact } from "#components/ui/facts.tsx";
import { shortId } from "#components/ui/format.ts";
import type { RunView } from "#lib/shared/api-types.ts";

function RunLink({ id, step }: { id: string; step?: string | null }) {
  return (
    <Link href={`/runs/${id}${step ? `?step=${step}` : ""}`} className="font-mono text-accent-text text-sm hover:underline">
      {shortId(id)}
    </Link>
  );
}

/** The runs that started this one, and those it started, as facts of its header. */
export function tieFacts(run: RunView): (Fact | false)[] {
  return [
    run.parent !== null && { name: "Called by", value: <RunLink id={run.parent.runId} step={run.parent.stepId} /> },
    run.failureOf !== null && { name: "For the failure of", value: <RunLink id={run.failureOf} /> },
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

/** Why a run that was received has not started yet. */
export function HeldNotice({ run }: { run: RunView }) {
  if (run.held === null) return null;
  return (
    <p role="status" className="mx-4 mt-3 flex items-start gap-2 rounded-md bg-retrying-tint px-3 py-2 text-retrying md:mx-6">
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <HeldReason held={run.held} />
      </span>
    </p>
  );
}

function HeldReason({ held }: { held: NonNullable<RunView["held"]> }) {
  if (held.reason === "concurrency") return "Held: as many runs of this workflow as its settings allow are in progress.";
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

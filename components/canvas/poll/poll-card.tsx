"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { sentence } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { PollStatus, WorkflowView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { workflowQuery } from "../queries.ts";
import type { RunHandle } from "../run/use-run.ts";
import { useEditor } from "../use-editor.ts";
import { BeginAnew } from "./begin-anew.tsx";
import { lookOfPoll } from "./poll-look.ts";
import { PollSampleView } from "./poll-sample.tsx";

/** Polls tell nobody when they are done: what the panel shows is asked for again while it is open. */
const refreshMs = 5_000;

/** How the poll trigger fares, above its settings, and what it would see. */
export function PollCard({ workflow, nodeId, run }: { workflow: WorkflowView; nodeId: string; run: RunHandle }) {
  const readOnly = useEditor((state) => state.readOnly);
  const { data = workflow } = useQuery({ ...workflowQuery(workflow.id), refetchInterval: refreshMs });
  const poll = data.triggers.find((trigger) => trigger.nodeId === nodeId)?.poll ?? null;
  return (
    <section aria-label="Polling" className="flex flex-col gap-3 rounded-md border p-3">
      {poll === null ? (
        <p className="text-fg-muted">It polls once the workflow is published.</p>
      ) : (
        <Status poll={poll} workflowId={workflow.id} nodeId={nodeId} />
      )}
      {readOnly ? null : (
        <div className="border-t pt-3">
          <PollSampleView workflowId={workflow.id} nodeId={nodeId} run={run} />
        </div>
      )}
    </section>
  );
}

function Status({ poll, workflowId, nodeId }: { poll: PollStatus; workflowId: string; nodeId: string }) {
  const look = lookOfPoll(poll);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StatusBadge look={look} />
        <span className="text-fg-muted text-sm">{look.meaning}</span>
      </div>
      {poll.lastError === null ? null : (
        <p
          className={`wrap-anywhere rounded-md px-2.5 py-1.5 text-sm ${poll.failures > 0 ? "bg-failed-tint text-failed" : "bg-muted text-fg"}`}
        >
          {sentence(poll.lastError.message)}
        </p>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm">
        <Fact name="Last polled">{poll.lastPolledAt === null ? "Not yet" : <Time at={poll.lastPolledAt} />}</Fact>
        {poll.failures > 0 && poll.lastOkAt !== null ? (
          <Fact name="Last time well">
            <Time at={poll.lastOkAt} />
          </Fact>
        ) : null}
        {poll.nextPollAt === null ? null : (
          <Fact name="Next poll">
            <Countdown until={poll.nextPollAt} />
          </Fact>
        )}
        <Fact name="Read up to">{poll.cursor === null ? <Without poll={poll} /> : <Cursor cursor={poll.cursor} />}</Fact>
      </dl>
      <div className="-ml-2">
        <BeginAnew workflowId={workflowId} nodeId={nodeId} />
      </div>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-fg-subtle">{name}</dt>
      <dd className="min-w-0 truncate">{children}</dd>
    </>
  );
}

function Without({ poll }: { poll: PollStatus }) {
  return <span className="text-fg-muted">{poll.begun ? "No cursor: keys tell what is new" : "Takes note of what is there first"}</span>;
}

function Cursor({ cursor }: { cursor: JsonValue }) {
  const text = typeof cursor === "string" ? cursor : JSON.stringify(cursor);
  return <CopyText text={text} display={text} label="cursor" />;
}

"use client";

import { ChevronRight } from "lucide-react";
import { useId } from "react";
import type { AttemptView, RecordedRequest, RecordedResponse } from "#lib/shared/api-types.ts";
import { Badge } from "./badge.tsx";
import { BodyView } from "./body-view.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { toCurl } from "./curl.ts";
import { Duration } from "./duration.tsx";
import { formatBytes, formatDuration, sentence } from "./format.ts";
import { attemptLooks } from "./status.ts";
import { StatusBadge } from "./status-badge.tsx";
import { Time } from "./time.tsx";

export interface AttemptListProps {
  attempts: readonly AttemptView[];
  /** The number of the open one. */
  open: number | null;
  onOpenChange: (no: number | null) => void;
}

/** Every try of a step, with what was sent and what came back. One is open at a time. */
export function AttemptList({ attempts, open, onOpenChange }: AttemptListProps) {
  if (attempts.length === 0) return <p className="text-fg-muted">This step made no call.</p>;
  return (
    <ol className="flex flex-col gap-2">
      {attempts.map((attempt) => (
        <li key={attempt.no} className="overflow-hidden rounded-md border">
          <Attempt attempt={attempt} open={open === attempt.no} onToggle={() => onOpenChange(open === attempt.no ? null : attempt.no)} />
        </li>
      ))}
    </ol>
  );
}

function Attempt({ attempt, open, onToggle }: { attempt: AttemptView; open: boolean; onToggle: () => void }) {
  const id = useId();
  const took = attempt.endedAt ? Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt) : null;
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={onToggle}
        className="focus-inset flex min-h-9 w-full flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-left hover:bg-hover"
      >
        <ChevronRight aria-hidden className={cn("size-3.5 shrink-0 text-fg-subtle transition-transform", open && "rotate-90")} />
        <span className="font-medium">Attempt {attempt.no}</span>
        <StatusBadge look={attemptLooks[attempt.state]} plain />
        {attempt.kind === "lookup" ? <span className="text-fg-muted text-sm">look-up</span> : null}
        {attempt.httpStatus === null ? null : <Badge tone={attempt.httpStatus >= 400 ? "red" : "green"}>{attempt.httpStatus}</Badge>}
        {attempt.class ? <span className="text-fg-muted">{attempt.class.replace("_", " ")}</span> : null}
        <span className="ml-auto flex gap-3 text-fg-muted">
          <Duration ms={took} since={attempt.startedAt} />
        </span>
      </button>
      {open ? (
        <div id={id} className="flex flex-col gap-4 border-t px-3 py-3">
          <p className="text-fg-muted">
            Started <Time at={attempt.startedAt} absolute />
            {attempt.error ? <span className="wrap-anywhere mt-1 block text-failed">{sentence(attempt.error.message)}</span> : null}
          </p>
          <Request request={attempt.request} no={attempt.no} />
          <Answer response={attempt.response} no={attempt.no} state={attempt.state} />
        </div>
      ) : null}
    </>
  );
}

const sectionTitle = "mb-1.5 flex min-h-7 items-center justify-between gap-2";

function Request({ request, no }: { request: RecordedRequest | null; no: number }) {
  if (!request) return <p className="text-fg-muted">No request was recorded.</p>;
  return (
    <section className="flex flex-col gap-2">
      <div className={sectionTitle}>
        <h4 className="font-medium">Request</h4>
        <CopyButton text={() => toCurl(request)} label="request as cURL">
          Copy as cURL
        </CopyButton>
      </div>
      <p className="wrap-anywhere font-mono text-sm">
        <span className="font-semibold">{request.method}</span> {request.url}
        <CopyButton text={request.url} label="address" className="size-6 align-middle" />
      </p>
      <Headers headers={request.headers} />
      <BodyView text={request.body} label={`request-${no}`} />
    </section>
  );
}

function Answer({ response, no, state }: { response: RecordedResponse | null; no: number; state: AttemptView["state"] }) {
  if (!response) return <p className="text-fg-muted">{state === "sent" ? "No answer yet." : "No answer came."}</p>;
  return (
    <section className="flex flex-col gap-2">
      <div className={sectionTitle}>
        <h4 className="font-medium">
          Answer <Badge tone={response.status >= 400 ? "red" : "green"}>{response.status}</Badge>
        </h4>
        <span className="text-fg-muted text-sm tabular-nums">
          {formatBytes(response.sizeBytes)} in {formatDuration(response.durationMs)}
        </span>
      </div>
      <Headers headers={response.headers} />
      <BodyView text={response.body} label={`answer-${no}`} sizeBytes={response.sizeBytes} />
    </section>
  );
}

/** Headers by name; secrets were masked before they were stored. */
function Headers({ headers }: { headers: Record<string, string> }) {
  const entries = Object.entries(headers);
  if (entries.length === 0) return null;
  return (
    <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-3 font-mono text-sm leading-6">
      {entries.map(([name, value]) => (
        <div key={name} className="group contents">
          <dt className="truncate text-fg-muted">{name}</dt>
          <dd className="wrap-anywhere min-w-0">
            {value}
            <CopyButton
              text={value}
              label={name}
              className="size-6 align-middle opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}

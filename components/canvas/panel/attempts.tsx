"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { attemptLooks } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import type { AttemptView } from "#lib/shared/api-types.ts";

/** Each try of a step: what was sent and what came back, secrets masked. The last one is open. */
export function Attempts({ attempts }: { attempts: AttemptView[] }) {
  return (
    <ol className="flex flex-col gap-1.5">
      {attempts.map((attempt, index) => (
        <Attempt key={attempt.no} attempt={attempt} startOpen={index === attempts.length - 1} />
      ))}
    </ol>
  );
}

function durationOf(attempt: AttemptView): number | null {
  return attempt.endedAt === null ? null : Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt);
}

function Attempt({ attempt, startOpen }: { attempt: AttemptView; startOpen: boolean }) {
  const [open, setOpen] = useState(startOpen);
  const look = attemptLooks[attempt.state];
  return (
    <li className="rounded-md border">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="focus-inset flex h-8 w-full items-center gap-2 rounded-md px-2 text-left"
      >
        <ChevronRight aria-hidden className={cn("size-3.5 shrink-0 text-fg-subtle transition-transform", open && "rotate-90")} />
        <span className="tabular-nums">#{attempt.no}</span>
        <StatusIcon look={look} />
        <span>{look.label}</span>
        {attempt.httpStatus === null ? null : <span className="font-mono text-sm">{attempt.httpStatus}</span>}
        <span className="truncate text-fg-subtle">{attempt.class}</span>
        <Duration ms={durationOf(attempt)} since={attempt.startedAt} className="ml-auto text-fg-muted text-sm" />
      </button>
      {open ? (
        <div className="flex flex-col gap-3 border-t px-3 py-2.5">
          {attempt.error === null ? null : <p className="wrap-anywhere text-failed">{attempt.error.message}</p>}
          {attempt.request === null ? null : (
            <Message
              title={`${attempt.request.method} ${attempt.request.url}`}
              headers={attempt.request.headers}
              body={attempt.request.body}
              label="request"
            />
          )}
          {attempt.response === null ? null : (
            <Message
              title={`Answer ${attempt.response.status}`}
              aside={formatBytes(attempt.response.sizeBytes)}
              headers={attempt.response.headers}
              body={attempt.response.body}
              label="response"
            />
          )}
          {attempt.request === null && attempt.error === null ? (
            <p className="text-fg-subtle">Nothing was recorded of this attempt.</p>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

interface MessageProps {
  title: string;
  aside?: ReactNode;
  headers: Record<string, string>;
  body: string | null;
  label: string;
}

function Message({ title, aside, headers, body, label }: MessageProps) {
  const names = Object.entries(headers);
  return (
    <div className="min-w-0">
      <div className="flex items-start gap-1.5">
        <p className="wrap-anywhere min-w-0 flex-1 font-mono text-sm">{title}</p>
        {aside === undefined ? null : <span className="shrink-0 text-fg-subtle text-sm">{aside}</span>}
        <CopyButton text={body ?? ""} label={`${label} body`} className="-my-1 size-6" />
      </div>
      {names.length > 0 ? (
        <details className="mt-0.5">
          <summary className="text-fg-subtle text-sm">{plural(names.length, "header")}</summary>
          <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 font-mono text-sm">
            {names.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-fg-subtle">{name}</dt>
                <dd className="wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
      {body ? (
        <pre className="wrap-anywhere mt-1 max-h-48 overflow-auto whitespace-pre-wrap rounded bg-subtle px-2 py-1.5 font-mono text-sm">
          {pretty(body)}
        </pre>
      ) : null}
    </div>
  );
}

const prettyLimit = 64 * 1024;

function pretty(body: string): string {
  if (body.length > prettyLimit) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

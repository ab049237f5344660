"use client";

import { RotateCw, TriangleAlert } from "lucide-react";
import { ApiFailure } from "#components/api/client.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyText } from "./copy-button.tsx";
import { intoView } from "./into-view.ts";

export interface ErrorStateProps {
  /** What failed: "The runs could not be loaded". */
  title: string;
  error: unknown;
  onRetry?: () => void;
  retrying?: boolean;
  className?: string;
}

/** What failed, why, the request id to quote, and "Try again". Never a blank area. */
export function ErrorState({ title, error, onRetry, retrying = false, className }: ErrorStateProps) {
  const requestId = error instanceof ApiFailure ? error.requestId : null;
  return (
    <div role="alert" className={cn("flex flex-col items-center px-6 py-16 text-center", className)}>
      <span aria-hidden className="mb-3 flex size-9 items-center justify-center rounded-md border text-failed">
        <TriangleAlert className="size-4" />
      </span>
      <p className="font-medium">{title}</p>
      <p className="mt-1 max-w-md text-fg-muted">{error instanceof Error ? error.message : String(error)}</p>
      {requestId ? (
        <p className="mt-1 flex items-center gap-1 text-fg-subtle text-sm">
          Request <CopyText text={requestId} label="request id" />
        </p>
      ) : null}
      {onRetry ? (
        <Button className="mt-4" icon={<RotateCw aria-hidden />} loading={retrying} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** The same in one line, for a form or a dialog. */
export function ErrorLine({ error, className }: { error: unknown; className?: string }) {
  if (!error) return null;
  return (
    <div role="alert" ref={intoView} className={cn("flex items-start gap-2 rounded-md bg-failed-tint px-3 py-2 text-failed", className)}>
      <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <div className="min-w-0">
        <p>{error instanceof Error ? error.message : String(error)}</p>
        {error instanceof ApiFailure && error.problems.length > 0 ? (
          <ul className="mt-1 list-disc pl-4">
            {error.problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                <span className="font-mono text-sm">{problem.path}</span> {problem.message}
              </li>
            ))}
          </ul>
        ) : null}
        {error instanceof ApiFailure && error.requestId ? <p className="text-sm opacity-80">Request {error.requestId}</p> : null}
      </div>
    </div>
  );
}

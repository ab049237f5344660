"use client";

import { UserCheck } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { WaitingFor } from "#lib/shared/waiting-types.ts";

/** What a step waits for from outside: the link to call, the people who are asked, the polls so far. */
export function WaitingForView({ waitingFor }: { waitingFor: WaitingFor }) {
  const { callbackUrl, approval, polls } = waitingFor;
  if (!callbackUrl && !approval && !polls) return null;
  return (
    <section aria-label="What it waits for" className="mx-4 mb-3 flex flex-col gap-2 rounded-md border bg-subtle px-3 py-2.5">
      {approval ? (
        <>
          <p className="wrap-anywhere whitespace-pre-wrap font-medium">{approval.message}</p>
          <p className="text-fg-muted">
            {approval.assignees.length === 0 ? "Anybody who may decide" : approval.assignees.join(", ")}{" "}
            {approval.assignees.length > 1 ? "are asked" : "is asked"}
          </p>
          <div>
            <ButtonLink size="sm" href={`/approvals/${approval.id}`} icon={<UserCheck aria-hidden />}>
              Decide
            </ButtonLink>
          </div>
        </>
      ) : null}
      {polls ? (
        <p className="text-fg-muted">
          {formatCount(polls.made)} {polls.made === 1 ? "poll" : "polls"} so far
          {polls.failed > 0 ? `, ${formatCount(polls.failed)} of them without an answer of use` : ""}
        </p>
      ) : null}
      {callbackUrl ? (
        <p className="flex min-w-0 flex-wrap items-center gap-1.5 text-fg-muted">
          Goes on when this is called with POST: <CopyText text={callbackUrl} label="callback link" />
        </p>
      ) : null}
    </section>
  );
}

"use client";

import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { plural } from "#components/ui/format.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { PlaceLink } from "./place.tsx";
import { SnoozeEnds } from "./snooze-ends.tsx";

/** What one should know of its state before anything else: when it comes back, why it came back, where it went. */
export function IssueBanner({ issue }: { issue: IssueView }) {
  if (issue.mergedInto !== null) {
    return (
      <Banner>
        It was merged into{" "}
        <PlaceLink issueId={issue.mergedInto} className="rounded font-medium text-accent-text hover:underline">
          another issue
        </PlaceLink>
        , which has its items.
      </Banner>
    );
  }
  if (issue.status === "snoozed" && issue.snooze !== null) {
    const { reason } = issue.snooze;
    return (
      <Banner>
        Comes back <SnoozeEnds snooze={issue.snooze} />.{typeof reason === "string" ? ` “${reason}”` : null}
      </Banner>
    );
  }
  if (issue.status === "resolved" && issue.resolvedInVersion !== null) {
    return <Banner>Resolved in the version after {issue.resolvedInVersion}: what still fails on older ones does not bring it back.</Banner>;
  }
  if (issue.resolvedByItself && issue.openCount > 0) {
    return (
      <Banner>
        Its step works again, so it counts as resolved. {plural(issue.openCount, "item")} of before still{" "}
        {issue.openCount === 1 ? "waits" : "wait"}: redrive or discard {issue.openCount === 1 ? "it" : "them"}.
      </Banner>
    );
  }
  const last = issue.activity[0];
  if (last?.action === "unsnoozed" && typeof last.details.reason === "string") {
    return <Banner>It was snoozed and came back: {last.details.reason}.</Banner>;
  }
  return null;
}

function Banner({ children }: { children: ReactNode }) {
  return (
    <p className="mx-4 mb-3 flex items-start gap-2 rounded-md bg-subtle px-3 py-2 text-fg-muted">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-fg-subtle" />
      <span>{children}</span>
    </p>
  );
}

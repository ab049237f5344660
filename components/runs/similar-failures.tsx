"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { api } from "#components/api/client.ts";
import { formatCount } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { IssueView } from "#lib/shared/inbox-types.ts";

/** How many failures have the same cause, and the way to all of them. */
export function SimilarFailures({ issueId }: { issueId: string }) {
  const issue = useQuery({
    queryKey: ["issue", issueId],
    queryFn: ({ signal }) => api.get<IssueView>(`/issues/${issueId}`, { signal }),
  });
  if (!issue.data) return null;
  const { count, openCount, firstSeenAt } = issue.data;
  const lately = issue.data.arrivals.reduce((sum, items) => sum + items, 0);
  return (
    <p className="text-fg-muted">
      {count === 1 ? (
        "The only failure of this kind so far"
      ) : (
        <>
          One of {formatCount(count)} like it, {lately === 0 ? "none" : formatCount(lately)} in the last 24 hours, the first{" "}
          <Time at={firstSeenAt} />
        </>
      )}
      {openCount > 0 ? `; ${formatCount(openCount)} open` : ""}.{" "}
      <Link href={`/inbox?tab=all&issue=${issueId}`} className="text-accent-text underline">
        Open the issue
      </Link>
    </p>
  );
}

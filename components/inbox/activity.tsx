"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { plural } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { activityWords } from "./issue-words.ts";
import { membersQuery } from "./queries.ts";
import { SnoozeEnds } from "./snooze-ends.tsx";

/** Who did what, newest first. */
export function Activity({ issue }: { issue: IssueView }) {
  const members = useQuery(membersQuery);
  if (issue.activity.length === 0) return null;
  return (
    <section aria-label="Activity">
      <h3 className="mb-1.5 font-medium">Activity</h3>
      <ul className="flex flex-col gap-1">
        {issue.activity.map((line) => (
          <li key={`${line.at} ${line.action}`} className="flex flex-wrap gap-x-2 text-fg-muted">
            <span className="font-medium text-fg">{line.actor === "system keeper" ? "Sluice" : line.actor}</span>
            <span>
              {activityWords(line, members.data?.items ?? [])}
              {line.action === "snoozed" ? (
                <>
                  {" "}
                  <SnoozeEnds snooze={line.details} />
                </>
              ) : null}
            </span>
            {typeof line.details.reason === "string" ? <span className="wrap-anywhere">“{line.details.reason}”</span> : null}
            <Target details={line.details} />
            <Time at={line.at} className="ml-auto text-fg-subtle" />
          </li>
        ))}
      </ul>
      {issue.moreActivity > 0 ? <p className="mt-1.5 text-fg-subtle">{plural(issue.moreActivity, "older line")} not shown.</p> : null}
    </section>
  );
}

const linkClass = "rounded text-accent-text hover:underline";

/** What a line is about, when it has a page. */
function Target({ details }: { details: JsonObject }) {
  const { redriveId, runId, deadLetterId, into, from } = details;
  if (typeof redriveId === "string") {
    return (
      <Link href={`/inbox/redrives/${redriveId}`} className={linkClass}>
        Progress
      </Link>
    );
  }
  if (typeof runId === "string") {
    return (
      <Link href={`/runs/${runId}`} className={linkClass}>
        Run
      </Link>
    );
  }
  if (typeof deadLetterId === "string") return null;
  const other = typeof into === "string" ? into : typeof from === "string" && from.length === 36 ? from : null;
  if (other === null) return null;
  return (
    <Link href={`/inbox?tab=all&issue=${other}`} className={linkClass}>
      The other issue
    </Link>
  );
}

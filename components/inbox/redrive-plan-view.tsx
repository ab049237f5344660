"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { spanFacts } from "#components/ui/bulk-order.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatCount, formatDuration, plural } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { RedrivePlan } from "#lib/shared/inbox-types.ts";
import { kindWords } from "./issue-words.ts";

const shownGroups = 5;
/** Nobody plans around less. */
const shortMs = 1_000;

/** What a bulk redrive would do: how many, from when, how long, and what cannot go along and why. */
export function RedrivePlanView({ plan }: { plan: UseQueryResult<RedrivePlan> }) {
  if (plan.isError && !plan.data) {
    return (
      <ErrorState title="The plan could not be made" error={plan.error} onRetry={() => void plan.refetch()} retrying={plan.isFetching} />
    );
  }
  if (!plan.data) return <SkeletonRows rows={2} label="Making the plan" />;
  const { total, redrivable, order, oldestEventAt, newestEventAt, estimatedMs, limitedBy, groups, obstacles } = plan.data;
  return (
    <section aria-label="Plan" aria-busy={plan.isFetching} className="rounded-md border">
      <Facts
        className="px-3 py-2.5"
        facts={[
          { name: "Items", value: <span className="font-semibold tabular-nums">{formatCount(total)}</span> },
          ...spanFacts({ order, oldestAt: oldestEventAt, newestAt: newestEventAt }),
          estimatedMs >= shortMs && {
            name: "Takes about",
            value: (
              <span className="tabular-nums">
                {formatDuration(estimatedMs)}
                <span className="ml-1 text-fg-muted text-sm">
                  {limitedBy === "rate" ? "at this rate" : "under the limits of its steps"}
                </span>
              </span>
            ),
          },
        ]}
      />
      {groups.length > 1 ? <Groups groups={groups} /> : null}
      {obstacles.length > 0 ? (
        <div className="border-t bg-retrying-tint px-3 py-2 text-retrying">
          <p className="flex items-start gap-2 font-medium">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {formatCount(total - redrivable)} of {plural(total, "item")} cannot be redriven and will stay in the inbox
          </p>
          <ul className="mt-0.5 pl-6">
            {obstacles.map(({ reason, items }) => (
              <li key={reason}>
                <span className="tabular-nums">{formatCount(items)}</span>: {reason}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  );
}

function Groups({ groups }: Pick<RedrivePlan, "groups">) {
  const rest = groups.slice(shownGroups).reduce((sum, group) => sum + group.items, 0);
  return (
    <ul className="border-t px-3 py-2 text-fg-muted">
      {groups.slice(0, shownGroups).map((group) => (
        <li key={`${group.workflowId} ${group.nodeId} ${group.kind}`} className="flex gap-3">
          <span className="min-w-0 flex-1 truncate">
            {group.workflowName} › {group.nodeId}
          </span>
          <span>{kindWords(group.kind)}</span>
          <span className="w-14 text-right tabular-nums">{formatCount(group.items)}</span>
        </li>
      ))}
      {rest > 0 ? (
        <li className="flex justify-between gap-3">
          <span>Others</span>
          <span className="tabular-nums">{formatCount(rest)}</span>
        </li>
      ) : null}
    </ul>
  );
}

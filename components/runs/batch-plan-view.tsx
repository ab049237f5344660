import type { UseQueryResult } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { spanFacts } from "#components/ui/bulk-order.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatCount, formatDuration, plural } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { RunBatchPlan } from "#lib/shared/run-batch-types.ts";

const shownWorkflows = 5;

/** What a bulk replay or cancel would do: how many runs of which workflows, how long it takes, and what it passes over and why. */
export function BatchPlanView({ plan }: { plan: UseQueryResult<RunBatchPlan> }) {
  if (plan.isError && !plan.data) {
    return (
      <ErrorState title="The plan could not be made" error={plan.error} onRetry={() => void plan.refetch()} retrying={plan.isFetching} />
    );
  }
  if (!plan.data) return <SkeletonRows rows={2} label="Making the plan" />;
  const { total, complete, eligible, order, oldestAt, newestAt, estimatedMs, workflows, obstacles } = plan.data;
  return (
    <section aria-label="Plan" aria-busy={plan.isFetching} className="rounded-md border">
      <Facts
        className="px-3 py-2.5"
        facts={[
          {
            name: "Can be done",
            value: (
              <span className="tabular-nums">
                <span className="font-semibold">{formatCount(eligible)}</span> of {formatCount(total)}
                {complete ? "" : "+"} {total === 1 ? "run" : "runs"}
              </span>
            ),
          },
          ...spanFacts({ order, oldestAt, newestAt }),
          { name: "Takes about", value: <span className="tabular-nums">{formatDuration(estimatedMs)} at this rate</span> },
        ]}
      />
      {workflows.length > 1 ? <Workflows workflows={workflows} /> : null}
      {obstacles.length > 0 ? (
        <div className="border-t bg-retrying-tint px-3 py-2 text-retrying">
          <p className="flex items-start gap-2 font-medium">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {formatCount(total - eligible)} of {plural(total, "run")} will be passed over
          </p>
          <ul className="mt-0.5 pl-6">
            {obstacles.map(({ reason, runs }) => (
              <li key={reason}>
                <span className="tabular-nums">{formatCount(runs)}</span>: {reason}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  );
}

function Workflows({ workflows }: Pick<RunBatchPlan, "workflows">) {
  const rest = workflows.slice(shownWorkflows);
  const others = rest.reduce((sum, { runs }) => sum + runs, 0);
  return (
    <ul aria-label="By workflow" className="border-t px-3 py-2 text-fg-muted">
      {workflows.slice(0, shownWorkflows).map(({ workflowId, workflowName, runs }) => (
        <li key={workflowId} className="flex justify-between gap-3">
          <span className="min-w-0 truncate">{workflowName}</span>
          <span className="tabular-nums">{formatCount(runs)}</span>
        </li>
      ))}
      {rest.length > 0 ? (
        <li className="flex justify-between gap-3">
          <span>{plural(rest.length, "other workflow")}</span>
          <span className="tabular-nums">{formatCount(others)}</span>
        </li>
      ) : null}
    </ul>
  );
}

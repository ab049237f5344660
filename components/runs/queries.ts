import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { RunView, StepView } from "#lib/shared/api-types.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";

/** Live updates come by the stream; this is the net below it. */
const activePollMs = 5_000;

/** `iteration`: of the steps inside loops, only those of this item. */
export function runQuery(runId: string, iteration: string | null = null) {
  return queryOptions({
    queryKey: iteration === null ? ["run", runId] : ["run", runId, iteration],
    queryFn: ({ signal }) =>
      api.get<RunView>(iteration === null ? `/runs/${runId}` : `/runs/${runId}?iteration=${encodeURIComponent(iteration)}`, { signal }),
    refetchInterval: (query) => (query.state.data && !isFinalRun(query.state.data.status) ? activePollMs : false),
  });
}

/** One step with its input, output and attempts. `version` changes when the step does, so that an open panel follows. */
export function stepQuery(runId: string, stepId: string, version: string) {
  return queryOptions<StepView>({
    queryKey: ["step", runId, stepId, version],
    queryFn: ({ signal }) => api.get<StepView>(`/runs/${runId}/steps/${stepId}`, { signal }),
    placeholderData: (previous) => (previous?.id === stepId ? previous : undefined),
  });
}

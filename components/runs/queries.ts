import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page, RunSummary, RunView, StepView } from "#lib/shared/api-types.ts";
import type { ReplayPlan } from "#lib/shared/inbox-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";

/** Live updates come by the stream; this is the net below it. */
const activePollMs = 5_000;
const loopEveryMs = 2_000;

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
    // The items of a loop end without anything of its own step becoming another.
    refetchInterval: ({ state }) => (state.data?.loop ? loopEveryMs : false),
  });
}

export interface ReplayWish {
  /** `start`, `failed`, or the node to begin at. */
  from: string;
  version: "same" | "live" | number;
  keys: "same" | "new";
  input?: JsonValue;
}

/** What a replay would do. Nothing is done by asking. */
export function replayPlanQuery(runId: string, wish: ReplayWish) {
  return queryOptions<ReplayPlan>({
    queryKey: ["replay-plan", runId, wish],
    queryFn: ({ signal }) => api.post<ReplayPlan>(`/runs/${runId}/replay/plan`, wish, { signal }),
  });
}

/** The newest run of the same workflow before this one in which everything went well; null: there is none. */
export function lastGoodRunQuery(run: RunSummary) {
  return queryOptions<RunView | null>({
    queryKey: ["run", run.id, "last-good"],
    queryFn: async ({ signal }) => {
      const query = { workflowId: run.workflowId, status: "succeeded", mode: run.mode, to: run.createdAt, limit: 1 };
      const { items } = await api.get<Page<RunSummary>>("/runs", { signal, query });
      const [found] = items;
      return found ? api.get<RunView>(`/runs/${found.id}`, { signal }) : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

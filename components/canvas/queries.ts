import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { DuplicateCheck, NodeFigures } from "#lib/shared/api-nodes.ts";
import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import type { ConnectionView, EventView, Page, RunSummary, RunView, StepView, VersionView, WorkflowView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";

/*
 * The first parts of the keys are those components/api/stream.ts invalidates.
 */

const saves = new Map<string, Promise<unknown>>();

/** Notes a save on its way: whoever asks for the workflow meanwhile is answered after it, not from before it. */
export function noteSave(workflowId: string, saving: Promise<unknown>): void {
  saves.set(workflowId, saving);
}

export const workflowQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ["workflow", workflowId],
    queryFn: async ({ signal }) => {
      await saves.get(workflowId);
      return api.get<WorkflowView>(`/workflows/${workflowId}`, { signal });
    },
  });

export const versionsQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ["workflow", workflowId, "versions"],
    queryFn: ({ signal }) => api.get<Page<VersionView>>(`/workflows/${workflowId}/versions`, { signal }),
  });

export const versionQuery = (workflowId: string, version: number) =>
  queryOptions({
    queryKey: ["workflow", workflowId, "versions", version],
    queryFn: ({ signal }) => api.get<VersionView>(`/workflows/${workflowId}/versions/${version}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rolloutsQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ["workflow", workflowId, "rollouts"],
    queryFn: ({ signal }) => api.get<Page<RolloutView>>(`/workflows/${workflowId}/rollouts`, { signal }),
  });

export const connectionsQuery = queryOptions({
  queryKey: ["connections", "editor"],
  queryFn: ({ signal }) => api.get<Page<ConnectionView>>("/connections", { signal }),
});

export const recentRunsQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ["runs", "editor", workflowId],
    queryFn: ({ signal }) => api.get<Page<RunSummary>>("/runs", { signal, query: { workflowId, limit: 20 } }),
  });

export const runQuery = (runId: string) =>
  queryOptions({ queryKey: ["run", runId], queryFn: ({ signal }) => api.get<RunView>(`/runs/${runId}`, { signal }) });

export const stepQuery = (runId: string, stepId: string) =>
  queryOptions({
    queryKey: ["step", runId, stepId],
    queryFn: ({ signal }) => api.get<StepView>(`/runs/${runId}/steps/${stepId}`, { signal }),
  });

export const recentEventsQuery = (triggerId: string) =>
  queryOptions({
    queryKey: ["events", "editor", triggerId],
    queryFn: ({ signal }) => api.get<Page<EventView>>("/events", { signal, query: { triggerId, limit: 20 } }),
  });

/** Counting looks through thousands of steps: often enough for figures of a day. */
const figuresEveryMs = 20_000;

export const nodeFiguresQuery = (workflowId: string, nodeId: string) =>
  queryOptions({
    queryKey: ["node-figures", workflowId, nodeId],
    queryFn: ({ signal }) => api.get<NodeFigures>(`/workflows/${workflowId}/nodes/${nodeId}/figures`, { signal }),
    staleTime: figuresEveryMs,
    refetchInterval: figuresEveryMs,
  });

export interface DuplicateQuestion {
  workflowId: string;
  nodeId: string;
  key: JsonValue;
  scope: "node" | "workflow" | "connection";
  connectionId: string | null;
}

export const duplicateQuery = ({ workflowId, nodeId, ...body }: DuplicateQuestion) =>
  queryOptions({
    queryKey: ["duplicate", workflowId, nodeId, body],
    queryFn: ({ signal }) => api.post<DuplicateCheck>(`/workflows/${workflowId}/nodes/${nodeId}/duplicate`, body, { signal }),
    staleTime: 5_000,
  });

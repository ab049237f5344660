import * as batches from "#lib/services/run-batches/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { pageOf } from "../answers/common.ts";
import { runBatchDetail, runBatchPlan, runBatchView } from "../answers/run-batches.ts";
import { type Route, route } from "../route.ts";

const changes = [
  ["pause", "Pause a bulk replay or cancel; what is under way goes on to its end"],
  ["resume", "Let a paused bulk replay or cancel go on"],
  ["cancel", "Abort a bulk replay or cancel; runs that have not been released are left as they are"],
] as const;

/** Bulk replays and cancels of runs are objects with progress. */
export const runBatchRoutes: Route[] = [
  route({
    method: "post",
    path: "/run-batches/plan",
    summary: "Tell what a bulk replay or cancel of runs would do, without doing it",
    access: "runs:read",
    body: batches.planRunBatchSchema,
    answer: runBatchPlan,
    handle: ({ ctx, body }) => batches.planRunBatch({ ctx, input: body }),
  }),
  route({
    method: "post",
    path: "/run-batches",
    summary: "Start a bulk replay or cancel of the runs that match now, oldest or newest first, at a rate",
    access: "runs:write",
    body: batches.createRunBatchSchema,
    status: 201,
    answer: runBatchView,
    handle: ({ ctx, body }) => batches.createRunBatch({ ctx, input: body }),
  }),
  route({
    method: "get",
    path: "/run-batches",
    summary: "List bulk replays and cancels of runs, newest first",
    access: "runs:read",
    query: batches.listRunBatchesSchema,
    answer: pageOf(runBatchView),
    handle: ({ ctx, query }) => batches.listRunBatches({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/run-batches/{id}",
    summary: "Show a bulk replay or cancel with its progress",
    access: "runs:read",
    params: byIdSchema,
    answer: runBatchDetail,
    handle: ({ ctx, params }) => batches.getRunBatch({ ctx, input: params }),
  }),
  ...changes.map(([change, summary]) =>
    route({
      method: "post",
      path: `/run-batches/{id}/${change}`,
      summary,
      access: "runs:write",
      params: byIdSchema,
      answer: runBatchView,
      handle: ({ ctx, params }) => batches.changeRunBatch({ ctx, input: { ...params, change } }),
    }),
  ),
];

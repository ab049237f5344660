import { getEvent, listEvents, listEventsSchema } from "#lib/services/events/index.ts";
import * as runs from "#lib/services/runs/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { pageOf, runRef } from "../answers/common.ts";
import { replayPlan } from "../answers/inbox.ts";
import { eventView, loopPace, runChart, runMoveOutcome, runStarted, runSummary, runView, stepSummary, stepView } from "../answers/runs.ts";
import { type Route, route } from "../route.ts";
import { toTextStream } from "../text-stream.ts";

export const runRoutes: Route[] = [
  route({
    method: "get",
    path: "/runs",
    summary: "List runs, newest first",
    access: "runs:read",
    query: runs.listRunsSchema,
    answer: pageOf(runSummary),
    handle: ({ ctx, query }) => runs.listRuns({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/runs/chart",
    summary: "Count the runs of a list by status and over time, the newest 100,000 of them",
    access: "runs:read",
    query: runs.chartRunsSchema,
    answer: runChart,
    handle: ({ ctx, query }) => runs.chartRuns({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/runs/export",
    summary: "Export the runs of a list, at most 100,000, as CSV or as one JSON object a line",
    access: "runs:read",
    query: runs.exportRunsSchema,
    produces: ["text/csv", "application/x-ndjson"],
    handle: async ({ ctx, query }) => {
      const { contentType, lines } = runs.exportRuns({ ctx, input: query });
      const name = contentType.startsWith("text/csv") ? "runs.csv" : "runs.jsonl";
      const headers = { "content-type": contentType, "content-disposition": `attachment; filename="${name}"` };
      return new Response(toTextStream(lines), { headers });
    },
  }),
  route({
    method: "get",
    path: "/runs/{id}",
    summary: "Show a run with its steps",
    access: "runs:read",
    params: byIdSchema,
    query: runs.getRunSchema,
    answer: runView,
    handle: ({ ctx, params, query }) => runs.getRun({ ctx, input: { ...params, ...query } }),
  }),
  route({
    method: "get",
    path: "/runs/{id}/steps",
    summary: "List the steps of a run as they began, those of one iteration of a loop if asked",
    access: "runs:read",
    params: byIdSchema,
    query: runs.listStepsSchema,
    answer: pageOf(stepSummary),
    handle: ({ ctx, params, query }) => runs.listSteps({ ctx, input: { ...params, ...query } }),
  }),
  route({
    method: "get",
    path: "/runs/{id}/steps/{stepId}",
    summary: "Show a step with its input, output and attempts",
    access: "runs:read",
    params: runs.stepParamsSchema,
    answer: stepView,
    handle: ({ ctx, params }) => runs.getStep({ ctx, input: params }),
  }),
  route({
    method: "put",
    path: "/runs/{id}/steps/{stepId}/loop",
    summary: "Change how many items of a loop under way may run at the same time and may fail",
    access: "runs:write",
    params: runs.stepParamsSchema,
    body: runs.repaceLoopSchema,
    answer: loopPace,
    handle: ({ ctx, params, body }) => runs.repaceLoop({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/runs/{id}/cancel",
    summary: "Ask a run to end",
    access: "runs:write",
    params: byIdSchema,
    status: 202,
    answer: runRef,
    handle: ({ ctx, params }) => runs.cancelRun({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/runs/{id}/move",
    summary: "Let a run that waits go on by another version of its workflow",
    access: "runs:write",
    params: byIdSchema,
    body: runs.moveRunSchema,
    answer: runMoveOutcome,
    handle: ({ ctx, params, body }) => runs.moveRun({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/runs/{id}/replay",
    summary: "Make a new run of an old one's data, from the start or from a step on",
    access: "runs:write",
    params: byIdSchema,
    body: runs.replayRunSchema,
    status: 202,
    answer: runStarted,
    handle: ({ ctx, params, body }) => runs.replayRun({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/runs/{id}/replay/plan",
    summary: "Tell what a replay would do, without doing it",
    access: "runs:read",
    params: byIdSchema,
    body: runs.replayRunSchema,
    answer: replayPlan,
    handle: ({ ctx, params, body }) => runs.planReplay({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "get",
    path: "/events",
    summary: "List deliveries: accepted, duplicate and rejected ones",
    access: "runs:read",
    query: listEventsSchema,
    answer: pageOf(eventView),
    handle: ({ ctx, query }) => listEvents({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/events/{id}",
    summary: "Show a delivery with its headers, query and body, secrets masked",
    access: "runs:read",
    params: byIdSchema,
    answer: eventView,
    handle: ({ ctx, params }) => getEvent({ ctx, input: params }),
  }),
];

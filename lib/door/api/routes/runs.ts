import * as deadLetters from "#lib/services/dead-letters/index.ts";
import { getEvent, listEvents, listEventsSchema } from "#lib/services/events/index.ts";
import * as issues from "#lib/services/issues/index.ts";
import * as runs from "#lib/services/runs/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { pageOf, runRef } from "../answers/common.ts";
import { deadLetterSummary, deadLetterView, issueCounts, issueSummary, issueView } from "../answers/inbox.ts";
import { eventView, runStarted, runSummary, runView, stepView } from "../answers/runs.ts";
import { type Route, route } from "../route.ts";

const runRoutes: Route[] = [
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
    path: "/runs/{id}",
    summary: "Show a run with its steps",
    access: "runs:read",
    params: byIdSchema,
    answer: runView,
    handle: ({ ctx, params }) => runs.getRun({ ctx, input: params }),
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
    path: "/runs/{id}/replay",
    summary: "Make a new run of the same event",
    access: "runs:write",
    params: byIdSchema,
    body: runs.replayRunSchema,
    status: 202,
    answer: runStarted,
    handle: ({ ctx, params, body }) => runs.replayRun({ ctx, input: { ...params, ...body } }),
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

const inboxRoutes: Route[] = [
  route({
    method: "get",
    path: "/issues",
    summary: "List issues: dead letters grouped by cause",
    access: "issues:read",
    query: issues.listIssuesSchema,
    answer: pageOf(issueSummary),
    handle: ({ ctx, query }) => issues.listIssues({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/issues/counts",
    summary: "Count the issues behind each tab of the inbox",
    access: "issues:read",
    answer: issueCounts,
    handle: ({ ctx }) => issues.countIssues({ ctx }),
  }),
  route({
    method: "get",
    path: "/issues/{id}",
    summary: "Show an issue with its activity",
    access: "issues:read",
    params: byIdSchema,
    answer: issueView,
    handle: ({ ctx, params }) => issues.getIssue({ ctx, input: params }),
  }),
  route({
    method: "patch",
    path: "/issues/{id}",
    summary: "Triage an issue: status, assignee, snooze, note",
    access: "issues:write",
    params: byIdSchema,
    body: issues.updateIssueSchema,
    answer: issueView,
    handle: ({ ctx, params, body }) => issues.updateIssue({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "get",
    path: "/dead-letters",
    summary: "List dead letters, newest first",
    access: "issues:read",
    query: deadLetters.listDeadLettersSchema,
    answer: pageOf(deadLetterSummary),
    handle: ({ ctx, query }) => deadLetters.listDeadLetters({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/dead-letters/{id}",
    summary: "Show a dead letter with its frozen input and its attempts",
    access: "issues:read",
    params: byIdSchema,
    answer: deadLetterView,
    handle: ({ ctx, params }) => deadLetters.getDeadLetter({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/dead-letters/{id}/redrive",
    summary: "Go on with the run from the failed step, with its input or an edited one",
    access: "issues:write",
    params: byIdSchema,
    body: deadLetters.redriveSchema,
    status: 202,
    answer: runRef,
    handle: ({ ctx, params, body }) => deadLetters.redriveDeadLetter({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/dead-letters/{id}/discard",
    summary: "Take a dead letter out of the inbox, with the reason",
    access: "issues:write",
    params: byIdSchema,
    body: deadLetters.discardSchema,
    handle: ({ ctx, params, body }) => deadLetters.discardDeadLetter({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/dead-letters/{id}/decide",
    summary: "Say what became of a call whose outcome is unknown",
    access: "issues:write",
    params: byIdSchema,
    body: deadLetters.decideSchema,
    status: 202,
    answer: runRef,
    handle: ({ ctx, params, body }) => deadLetters.decideDeadLetter({ ctx, input: { ...params, ...body } }),
  }),
];

export const runAndInboxRoutes: Route[] = [...runRoutes, ...inboxRoutes];

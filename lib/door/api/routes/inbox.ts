import * as deadLetters from "#lib/services/dead-letters/index.ts";
import * as issues from "#lib/services/issues/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { pageOf, runRef } from "../answers/common.ts";
import { deadLetterSummary, deadLetterView, issueCounts, issueSummary, issueView } from "../answers/inbox.ts";
import { type Route, route } from "../route.ts";

export const inboxRoutes: Route[] = [
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

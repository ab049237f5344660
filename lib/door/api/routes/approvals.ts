import * as approvals from "#lib/services/approvals/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { approvalCounts, approvalView } from "../answers/approvals.ts";
import { pageOf } from "../answers/common.ts";
import { type Route, route } from "../route.ts";

/** What people are asked to decide. */
export const approvalRoutes: Route[] = [
  route({
    method: "get",
    path: "/approvals",
    summary: "List what people are asked to decide, newest first",
    access: "approvals:read",
    query: approvals.listApprovalsSchema,
    answer: pageOf(approvalView),
    handle: ({ ctx, query }) => approvals.listApprovals({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/approvals/counts",
    summary: "Count what is to be decided",
    access: "approvals:read",
    answer: approvalCounts,
    handle: ({ ctx }) => approvals.countApprovals({ ctx }),
  }),
  route({
    method: "get",
    path: "/approvals/{id}",
    summary: "Show an approval, and how it was decided",
    access: "approvals:read",
    params: byIdSchema,
    answer: approvalView,
    handle: ({ ctx, params }) => approvals.getApproval({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/approvals/{id}/decide",
    summary: "Approve or reject; the first decision is stored, and shown to whoever comes later",
    access: "approvals:write",
    params: byIdSchema,
    body: approvals.decideApprovalSchema,
    answer: approvalView,
    handle: ({ ctx, params, body }) => approvals.decideApproval({ ctx, input: { ...params, ...body } }),
  }),
];

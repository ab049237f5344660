import * as redrives from "#lib/services/redrives/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { pageOf } from "../answers/common.ts";
import { redriveDetail, redrivePlan, redriveView } from "../answers/inbox.ts";
import { type Route, route } from "../route.ts";

const changes = [
  ["pause", "Pause a bulk redrive; what is under way goes on to its end"],
  ["resume", "Let a paused bulk redrive go on"],
  ["cancel", "End a bulk redrive; what has not been released stays in the inbox"],
] as const;

/** Bulk redrives are objects with progress. */
export const redriveRoutes: Route[] = [
  route({
    method: "post",
    path: "/redrives/plan",
    summary: "Tell what a bulk redrive (or discard) would do, without doing it",
    access: "issues:read",
    body: redrives.planRedriveSchema,
    answer: redrivePlan,
    handle: ({ ctx, body }) => redrives.planRedrive({ ctx, input: body }),
  }),
  route({
    method: "post",
    path: "/redrives",
    summary: "Redrive the items that match now, oldest or newest first, at a rate; or discard them all, or bring discarded ones back",
    access: "issues:write",
    body: redrives.createRedriveSchema,
    status: 201,
    answer: redriveView,
    handle: ({ ctx, body }) => redrives.createRedrive({ ctx, input: body }),
  }),
  route({
    method: "get",
    path: "/redrives",
    summary: "List bulk redrives, newest first",
    access: "issues:read",
    query: redrives.listRedrivesSchema,
    answer: pageOf(redriveView),
    handle: ({ ctx, query }) => redrives.listRedrives({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/redrives/{id}",
    summary: "Show a bulk redrive with its progress",
    access: "issues:read",
    params: byIdSchema,
    answer: redriveDetail,
    handle: ({ ctx, params }) => redrives.getRedrive({ ctx, input: params }),
  }),
  ...changes.map(([change, summary]) =>
    route({
      method: "post",
      path: `/redrives/{id}/${change}`,
      summary,
      access: "issues:write",
      params: byIdSchema,
      answer: redriveView,
      handle: ({ ctx, params }) => redrives.changeRedrive({ ctx, input: { ...params, change } }),
    }),
  ),
];

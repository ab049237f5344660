import * as z from "zod";
import * as views from "#lib/services/saved-views/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { type SavedViewView, savedViewScreens } from "#lib/shared/saved-view-types.ts";
import { id, pageOf } from "../answers/common.ts";
import { type Route, route } from "../route.ts";

const savedView: z.ZodType<SavedViewView> = z
  .object({
    id,
    screen: z.enum(savedViewScreens),
    name: z.string(),
    search: z.string(),
    shared: z.boolean(),
    mine: z.boolean(),
    createdBy: z.string(),
  })
  .meta({ id: "SavedView" });

/** Filters of a list under a name. Those of the inbox ask for the inbox's permissions, those of the team for the right to act. */
export const savedViewRoutes: Route[] = [
  route({
    method: "get",
    path: "/saved-views",
    summary: "List the saved views of a list: one's own and the team's",
    access: "runs:read",
    query: views.listSavedViewsSchema,
    answer: pageOf(savedView),
    handle: ({ ctx, query }) => views.listSavedViews({ ctx, input: query }),
  }),
  route({
    method: "post",
    path: "/saved-views",
    summary: "Keep the filters of a list under a name, for oneself or for the team",
    access: "runs:read",
    body: views.createSavedViewSchema,
    status: 201,
    answer: savedView,
    handle: ({ ctx, body }) => views.createSavedView({ ctx, input: body }),
  }),
  route({
    method: "patch",
    path: "/saved-views/{id}",
    summary: "Change the name or the filters of a saved view, or whom it is for",
    access: "runs:read",
    params: byIdSchema,
    body: views.changeSavedViewSchema,
    answer: savedView,
    handle: ({ ctx, params, body }) => views.changeSavedView({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: "/saved-views/{id}",
    summary: "Remove a saved view",
    access: "runs:read",
    params: byIdSchema,
    handle: ({ ctx, params }) => views.deleteSavedView({ ctx, input: params }),
  }),
];

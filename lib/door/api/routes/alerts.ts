import * as alerts from "#lib/services/alerts/index.ts";
import { byIdSchema } from "#lib/services/schemas.ts";
import { alert, alertChannel, alertChannelMade, alertRule, channelTest } from "../answers/alerts.ts";
import { pageOf } from "../answers/common.ts";
import { type Route, route } from "../route.ts";

/** Who is told of issues, by which rules, and what became of each message. */
export const alertRoutes: Route[] = [
  route({
    method: "get",
    path: "/alerts",
    summary: "List what people were told, what waits to be told, and what was not told and why",
    access: "alerts:read",
    query: alerts.listAlertsSchema,
    answer: pageOf(alert),
    handle: ({ ctx, query }) => alerts.listAlerts({ ctx, input: query }),
  }),
  route({
    method: "get",
    path: "/alert-rules",
    summary: "List the rules that say who is told of which issues",
    access: "alerts:read",
    answer: pageOf(alertRule),
    handle: ({ ctx }) => alerts.listRules({ ctx }),
  }),
  route({
    method: "post",
    path: "/alert-rules",
    summary: "Make a rule",
    access: "alerts:write",
    body: alerts.createRuleSchema,
    status: 201,
    answer: alertRule,
    handle: ({ ctx, body }) => alerts.createRule({ ctx, input: body }),
  }),
  route({
    method: "patch",
    path: "/alert-rules/{id}",
    summary: "Change a rule, turn it on or off, or mute it until a time",
    access: "alerts:write",
    params: byIdSchema,
    body: alerts.changeRuleSchema,
    answer: alertRule,
    handle: ({ ctx, params, body }) => alerts.changeRule({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: "/alert-rules/{id}",
    summary: "Remove a rule",
    access: "alerts:write",
    params: byIdSchema,
    handle: ({ ctx, params }) => alerts.removeRule({ ctx, input: params }),
  }),
  route({
    method: "get",
    path: "/channels",
    summary: "List the channels alerts go through, never with their addresses in full",
    access: "alerts:read",
    answer: pageOf(alertChannel),
    handle: ({ ctx }) => alerts.listChannels({ ctx }),
  }),
  route({
    method: "post",
    path: "/channels",
    summary: "Make a channel: a webhook, Slack or mail. The signing key of a webhook is told this once",
    access: "channels:write",
    body: alerts.createChannelSchema,
    status: 201,
    answer: alertChannelMade,
    handle: ({ ctx, body }) => alerts.createChannel({ ctx, input: body }),
  }),
  route({
    method: "patch",
    path: "/channels/{id}",
    summary: "Change a channel, turn it on or off, or give it a new signing key",
    access: "channels:write",
    params: byIdSchema,
    body: alerts.changeChannelSchema,
    answer: alertChannelMade,
    handle: ({ ctx, params, body }) => alerts.changeChannel({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: "/channels/{id}",
    summary: "Remove a channel; what waits for it is not sent",
    access: "channels:write",
    params: byIdSchema,
    handle: ({ ctx, params }) => alerts.removeChannel({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/channels/{id}/test",
    summary: "Send an example through a channel and tell what was answered",
    access: "channels:write",
    params: byIdSchema,
    answer: channelTest,
    handle: ({ ctx, params }) => alerts.testChannel({ ctx, input: params }),
  }),
];

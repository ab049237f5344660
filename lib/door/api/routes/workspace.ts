import * as z from "zod";
import { listAuditLog, listAuditLogSchema } from "#lib/services/audit-log/index.ts";
import * as connections from "#lib/services/connections/index.ts";
import * as members from "#lib/services/members/index.ts";
import { byIdSchema, pageFields } from "#lib/services/schemas.ts";
import { getSession } from "#lib/services/session/index.ts";
import * as tokens from "#lib/services/tokens/index.ts";
import { pageOf } from "../answers/common.ts";
import { auditEntry, connectionTest, connectionView, memberView, sessionView, tokenCreated, tokenView } from "../answers/workspace.ts";
import { type Route, route } from "../route.ts";

const connectionRoutes: Route[] = [
  route({
    method: "get",
    path: "/connections",
    summary: "List connections; secrets are never shown",
    access: "connections:read",
    query: connections.listConnectionsSchema,
    answer: pageOf(connectionView),
    handle: ({ ctx, query }) => connections.listConnections({ ctx, input: query }),
  }),
  route({
    method: "post",
    path: "/connections",
    summary: "Make a connection",
    access: "connections:write",
    body: connections.createConnectionSchema,
    status: 201,
    answer: connectionView,
    handle: ({ ctx, body }) => connections.createConnection({ ctx, input: body }),
  }),
  route({
    method: "get",
    path: "/connections/{id}",
    summary: "Show a connection; secrets are never shown",
    access: "connections:read",
    params: byIdSchema,
    answer: connectionView,
    handle: ({ ctx, params }) => connections.getConnection({ ctx, input: params }),
  }),
  route({
    method: "patch",
    path: "/connections/{id}",
    summary: "Change a connection; a new host needs the secret again",
    access: "connections:write",
    params: byIdSchema,
    body: connections.updateConnectionSchema,
    answer: connectionView,
    handle: ({ ctx, params, body }) => connections.updateConnection({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: "/connections/{id}",
    summary: "Delete a connection that no workflow uses",
    access: "connections:write",
    params: byIdSchema,
    handle: ({ ctx, params }) => connections.deleteConnection({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/connections/{id}/test",
    summary: "Try a connection with one GET",
    access: "connections:write",
    params: byIdSchema,
    body: connections.testConnectionSchema,
    answer: connectionTest,
    handle: ({ ctx, params, body }) => connections.testConnection({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/connections/{id}/isolate",
    summary: "Take a connection out of service; steps that want to call through it wait",
    access: "connections:operate",
    params: byIdSchema,
    body: connections.isolateConnectionSchema,
    answer: connectionView,
    handle: ({ ctx, params, body }) => connections.isolateConnection({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "post",
    path: "/connections/{id}/release",
    summary: "Put an isolated connection back into service; the steps that wait go on",
    access: "connections:operate",
    params: byIdSchema,
    answer: connectionView,
    handle: ({ ctx, params }) => connections.releaseConnection({ ctx, input: params }),
  }),
  route({
    method: "post",
    path: "/connections/{id}/rotate",
    summary: "Replace secrets",
    access: "connections:write",
    params: byIdSchema,
    body: connections.rotateConnectionSchema,
    answer: connectionView,
    handle: ({ ctx, params, body }) => connections.rotateConnection({ ctx, input: { ...params, ...body } }),
  }),
];

const peopleRoutes: Route[] = [
  route({
    method: "get",
    path: "/session",
    summary: "Say who is signed in and what they may do",
    access: "session",
    answer: sessionView,
    handle: ({ ctx }) => getSession({ ctx }),
  }),
  route({
    method: "get",
    path: "/members",
    summary: "List the members",
    access: "members:read",
    answer: pageOf(memberView),
    handle: ({ ctx }) => members.listMembers({ ctx }),
  }),
  route({
    method: "post",
    path: "/members",
    summary: "Add a member",
    access: "members:write",
    body: members.addMemberSchema,
    status: 201,
    answer: memberView,
    handle: ({ ctx, body }) => members.addMember({ ctx, input: body }),
  }),
  route({
    method: "patch",
    path: "/members/{userId}",
    summary: "Give a member another role",
    access: "members:write",
    params: members.memberParamsSchema,
    body: members.changeRoleSchema,
    answer: memberView,
    handle: ({ ctx, params, body }) => members.changeRole({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: "/members/{userId}",
    summary: "Remove a member; their sessions and tokens end",
    access: "members:write",
    params: members.memberParamsSchema,
    handle: ({ ctx, params }) => members.removeMember({ ctx, input: params }),
  }),
  route({
    method: "get",
    path: "/tokens",
    summary: "List API tokens; their values are never shown",
    access: "tokens:read",
    query: z.strictObject(pageFields),
    answer: pageOf(tokenView),
    handle: ({ ctx, query }) => tokens.listTokens({ ctx, input: query }),
  }),
  route({
    method: "post",
    path: "/tokens",
    summary: "Make an API token; this answer is the only place that shows it",
    access: "tokens:write",
    body: tokens.createTokenSchema,
    status: 201,
    answer: tokenCreated,
    handle: ({ ctx, body }) => tokens.createToken({ ctx, input: body }),
  }),
  route({
    method: "delete",
    path: "/tokens/{id}",
    summary: "Revoke an API token",
    access: "tokens:write",
    params: byIdSchema,
    handle: ({ ctx, params }) => tokens.revokeToken({ ctx, input: params }),
  }),
  route({
    method: "get",
    path: "/audit-log",
    summary: "List who did what, newest first",
    access: "audit:read",
    query: listAuditLogSchema,
    answer: pageOf(auditEntry),
    handle: ({ ctx, query }) => listAuditLog({ ctx, input: query }),
  }),
];

export const workspaceRoutes: Route[] = [...connectionRoutes, ...peopleRoutes];

import * as sandbox from "#lib/services/sandbox-targets/index.ts";
import { pageOf } from "../answers/common.ts";
import { ledgerView, sandboxTargetView } from "../answers/sandbox.ts";
import { type Route, route } from "../route.ts";

const one = "/sandbox-targets/{name}";

export const sandboxTargetRoutes: Route[] = [
  route({
    method: "get",
    path: "/sandbox-targets",
    summary: "List the targets of the built-in remote",
    access: "sandbox:read",
    answer: pageOf(sandboxTargetView),
    handle: ({ ctx }) => sandbox.listSandboxTargets({ ctx }),
  }),
  route({
    method: "get",
    path: one,
    summary: "Show a sandbox target",
    access: "sandbox:read",
    params: sandbox.sandboxTargetParamsSchema,
    answer: sandboxTargetView,
    handle: ({ ctx, params }) => sandbox.getSandboxTarget({ ctx, input: params }),
  }),
  route({
    method: "put",
    path: one,
    summary: "Make a sandbox target, or set anew what it does",
    access: "sandbox:write",
    params: sandbox.sandboxTargetParamsSchema,
    body: sandbox.putSandboxTargetSchema,
    answer: sandboxTargetView,
    handle: ({ ctx, params, body }) => sandbox.putSandboxTarget({ ctx, input: { ...params, ...body } }),
  }),
  route({
    method: "delete",
    path: one,
    summary: "Take a sandbox target away, with its ledger",
    access: "sandbox:write",
    params: sandbox.sandboxTargetParamsSchema,
    handle: ({ ctx, params }) => sandbox.deleteSandboxTarget({ ctx, input: params }),
  }),
  route({
    method: "get",
    path: `${one}/ledger`,
    summary: "Show what a sandbox target applied, by idempotency key",
    access: "sandbox:read",
    params: sandbox.sandboxTargetParamsSchema,
    query: sandbox.sandboxLedgerSchema,
    answer: ledgerView,
    handle: ({ ctx, params, query }) => sandbox.getSandboxLedger({ ctx, input: { ...params, ...query } }),
  }),
];

import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { elementIdSchema } from "#lib/graph/document.ts";
import { poll } from "#lib/nodes/poll/definition.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { NodeError, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { normalizeKey } from "#lib/policies/idempotency-key.ts";
import type { PollSample } from "#lib/shared/api-types.ts";
import { credentialHeaders } from "#lib/shared/credentials.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { tokensOf } from "../connections/tokens.ts";
import type { ContextWith } from "../context.ts";
import { readJson, readJsonObject } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import type { NodeParams } from "./schemas.ts";

const timeoutMs = 20_000;
const maxBytes = 4_194_304;
const maxTokenBytes = 1_048_576;
/** More are counted, not shown. */
const maxShown = 20;

type SampleContext = ContextWith<"secrets" | "outbound">;

/** Reads the first page as the draft's poll trigger would, with no cursor, and keeps nothing of it. */
export async function samplePoll({ ctx, input }: { ctx: SampleContext; input: NodeParams }): Promise<PollSample> {
  authorize(ctx.actor, "workflows:write");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const node = pollNode(readJson(workflow.draft), input.nodeId);
  const config = poll.config.safeParse(node.config);
  if (!config.success) {
    const problems = config.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    throw new AppError("invalid_input", "the settings of the trigger are not whole yet", { problems });
  }
  const connection = node.connectionId === null ? null : await findConnection(ctx, node.connectionId);
  const { readPage } = await loadRunner("poll");
  if (!readPage) throw new Error("the poll trigger reads no pages");
  const scope = {
    trigger: null,
    steps: {},
    run: {},
    vars: {},
    connection: connection?.fields ?? {},
    now: new Date(ctx.now()).toISOString(),
  };
  const outbound = (request: OutboundRequest) => send(ctx, connection, request);
  const at = { request: null, cursor: null, next: null };
  const read: JsonObject = JSON.parse(JSON.stringify(config.data));
  try {
    const page = await readPage({ config: read, at, context: { now: ctx.now(), evaluate: createEvaluate(scope), outbound } });
    const items = page.items.slice(0, maxShown).map(({ item, key }) => {
      const result = normalizeKey(key);
      return { item, key: result.ok ? result.key : null };
    });
    return { items, count: page.items.length, hasMore: page.next !== null, error: null };
  } catch (thrown) {
    if (!(thrown instanceof NodeError)) throw thrown;
    return { items: [], count: 0, hasMore: false, error: { code: thrown.code, message: thrown.message } };
  }
}

function pollNode(draft: JsonValue, nodeId: string): { config: JsonValue; connectionId: string | null } {
  const nodes = own(draft, "nodes");
  const node = Array.isArray(nodes) ? nodes.find((one) => own(one, "id") === elementIdSchema.parse(nodeId)) : undefined;
  if (!isJsonObject(node) || node.type !== poll.type) throw new AppError("not_found", "this step is no poll trigger of the draft");
  return { config: node.config ?? {}, connectionId: typeof node.connectionId === "string" ? node.connectionId : null };
}

interface SampleConnection {
  id: string;
  kind: string;
  fields: JsonObject;
}

async function findConnection(ctx: SampleContext, id: string): Promise<SampleConnection> {
  const row = await ctx.db.prisma.connection.findFirst({ where: { id, workspaceId: ctx.workspaceId } });
  if (row === null) throw new AppError("conflict", "the trigger's connection does not exist any more");
  if (row.status === "isolated") throw new AppError("conflict", "the trigger's connection is isolated, and must not be called");
  return { id: row.id, kind: row.kind, fields: { ...readJsonObject(row.fields), baseUrl: row.baseUrl } };
}

async function send(ctx: SampleContext, connection: SampleConnection | null, request: OutboundRequest): Promise<OutboundResponse> {
  const credential = connection === null || connection.kind === "none" ? {} : await credentialOf(ctx, connection, request.url);
  const sent = { ...request, headers: { ...request.headers, ...credential } };
  const followRedirects = connection === null ? "any" : "same-origin";
  return ctx.outbound.send(sent, { signal: AbortSignal.timeout(timeoutMs), timeoutMs, followRedirects, maxBytes });
}

async function credentialOf(ctx: SampleContext, { id: connectionId, kind, fields }: SampleConnection, url: string) {
  const { actor, workspaceId } = ctx;
  try {
    if (kind === "oauth2") {
      const renewal = await tokensOf(ctx, maxTokenBytes).ready(
        { workspaceId, connectionId, tokenUrl: String(fields.tokenUrl ?? "") },
        actor,
      );
      if (renewal.next === "refused") throw new NodeError("auth", "token_refused", renewal.message);
    }
    const opened = await ctx.secrets.credential({ actor, workspaceId, connectionId, host: new URL(url).host });
    return credentialHeaders(kind, fields, opened.values);
  } catch (thrown) {
    // Refused before anything left: the key is missing or must not go to that host.
    if (thrown instanceof AppError) throw new NodeError("auth", thrown.code, thrown.message, { cause: thrown });
    throw thrown;
  }
}

import { createEvaluate, walksLists } from "#lib/expressions/evaluate.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition, type NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { type NodeContext, NodeError, type OutboundRequest } from "#lib/nodes/runner.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { DryRun } from "#lib/shared/inbox-types.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { requireFrozenInput } from "../runs/frozen-input.ts";
import { type FoundLetter, findLetter } from "./find-letter.ts";

const findInput = "SELECT l.input FROM dead_letter l WHERE l.id = $1 AND l.workspace_id = $2";

/**
 * Runs the failed step once with its input or an edited one against nothing real: each call is answered 200 with an echo of the
 * request, and no state of the run changes. It carries no credential.
 */
export async function dryRunDeadLetter({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; input?: JsonValue | undefined };
}): Promise<DryRun> {
  authorize(ctx.actor, "issues:write");
  const letter = await findLetter(ctx, input.id);
  const node = requireNode(letter);
  const { rows } = await ctx.db.pool.query<{ input: string | null }>(findInput, [input.id, ctx.workspaceId]);
  const given = input.input ?? readJson(rows[0]?.input ?? null);
  await requireFrozenInput(node, given);
  const requests: OutboundRequest[] = [];
  const config = node.config as JsonObject;
  if (walksLists(config)) throw new AppError("conflict", "its expressions walk lists: too costly for a dry run");
  try {
    const definition = getDefinition(node.type);
    const parsed = definition?.config.parse(config) as JsonObject; // safe because every config schema is an object schema
    const runner = await loadRunner(node.type as NodeTypeId); // safe because getDefinition knew it
    const outcome = await runner.run({ config: parsed, input: given, context: echoing(ctx, requests) });
    if ("port" in outcome) return { requests, port: outcome.port, output: outcome.output, error: null };
    return { requests, port: null, output: null, error: null };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    const { failureClass, code, message, details } = error;
    return { requests, port: null, output: null, error: { class: failureClass, code, message, details } };
  }
}

function requireNode({ node }: FoundLetter): WorkflowNode {
  if (node === null) throw new AppError("conflict", "the run of this item is not kept any more");
  if (getDefinition(node.type) === undefined) throw new AppError("conflict", `this release does not know the node type ${node.type}`);
  return node;
}

function echoing(ctx: Context, requests: OutboundRequest[]): NodeContext {
  const now = new Date(ctx.now()).toISOString();
  return {
    signal: AbortSignal.timeout(5_000),
    now: ctx.now(),
    evaluate: createEvaluate({ trigger: null, steps: {}, run: {}, vars: {}, connection: {}, now }),
    outbound: async (request) => {
      requests.push(request);
      const body = JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: readJson(request.body) });
      return { status: 200, headers: { "content-type": "application/json" }, body, durationMs: 0 };
    },
  };
}

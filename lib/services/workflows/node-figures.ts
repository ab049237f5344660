import { statement } from "#lib/db/statement.ts";
import { breakerId } from "#lib/policies/breaker.ts";
import type { NodeFigures } from "#lib/shared/api-nodes.ts";
import { isJsonObject, type JsonObject, own } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import type { NodeParams } from "./schemas.ts";

const figuresStatement = statement(new URL("./sql/node-figures.sql", import.meta.url));
const breakerStatement = statement(new URL("./sql/breaker-figures.sql", import.meta.url));

const spanMs = 86_400_000;
/** As in the statement: more are not looked through, so that a busy workflow cannot make the panel slow. */
const maxRuns = 5_000;
const maxSteps = 10_000;

interface FiguresRow {
  runs: number;
  steps: number;
  invalid: number;
  rejected: number;
  waited: number;
  waiting: number;
  waiting_since: Date | null;
  turned_away: number;
  retried: number;
  duplicates: number;
  dead_lettered: number;
  last_request: string | null;
}

interface BreakerRow {
  opened: number;
  open_until: Date | null;
}

/** Counts what the reliability settings of a step did in the live runs of the last 24 hours. */
export async function getNodeFigures({ ctx, input }: { ctx: Context; input: NodeParams }): Promise<NodeFigures> {
  authorize(ctx.actor, "runs:read");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const from = new Date(ctx.now() - spanMs);
  const { rows } = await ctx.db.pool.query<FiguresRow>({ ...figuresStatement, values: [workflow.id, input.nodeId, from] });
  const row = rows[0];
  const breaker = await readBreaker(ctx, { ...input, draft: workflow.draft, request: row?.last_request ?? null, from });
  return {
    from: from.toISOString(),
    runs: row?.runs ?? 0,
    steps: row?.steps ?? 0,
    complete: (row?.runs ?? 0) < maxRuns && (row?.steps ?? 0) < maxSteps,
    // Only a validation sends what it refuses down this port: that of an approval is a person's word.
    invalid: (row?.invalid ?? 0) + (nodeOf(workflow.draft, input.nodeId)?.type === "validate-transform" ? (row?.rejected ?? 0) : 0),
    waited: row?.waited ?? 0,
    waiting: row?.waiting ?? 0,
    waitingSince: row?.waiting_since?.toISOString() ?? null,
    turnedAway: row?.turned_away ?? 0,
    retried: row?.retried ?? 0,
    duplicates: row?.duplicates ?? 0,
    breakerOpened: breaker?.opened ?? 0,
    breakerOpenUntil: breaker?.open_until?.toISOString() ?? null,
    deadLettered: row?.dead_lettered ?? 0,
  };
}

/** The breaker of the host the step called last: only its calls tell which host that is. */
async function readBreaker(
  ctx: Context,
  a: NodeParams & { draft: string; request: string | null; from: Date },
): Promise<BreakerRow | undefined> {
  const url = own(readJson(a.request), "url");
  const host = typeof url === "string" ? URL.parse(url)?.host : undefined;
  if (!host) return undefined;
  const id = breakerId({
    workspaceId: ctx.workspaceId,
    workflowId: a.id,
    nodeId: a.nodeId,
    connectionId: connectionOf(a.draft, a.nodeId),
    host,
  });
  const { rows } = await ctx.db.pool.query<BreakerRow>({ ...breakerStatement, values: [id, a.from] });
  return rows[0];
}

function connectionOf(draft: string, nodeId: string): string | null {
  const connectionId = nodeOf(draft, nodeId)?.connectionId;
  return typeof connectionId === "string" ? connectionId : null;
}

function nodeOf(draft: string, nodeId: string): JsonObject | undefined {
  const nodes = own(readJson(draft), "nodes");
  const node = Array.isArray(nodes) ? nodes.find((each) => own(each, "id") === nodeId) : undefined;
  return isJsonObject(node) ? node : undefined;
}

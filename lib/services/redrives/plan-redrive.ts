import { documentSchema, type WorkflowNode } from "#lib/graph/document.ts";
import { resolvePolicy, type ThrottleWindow } from "#lib/policies/defaults.ts";
import { timeUnderWindows } from "#lib/policies/redrive.ts";
import type { RedrivePlan } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { editSamples } from "./edit-samples.ts";
import { ownRate, type PlanRedriveInput } from "./schemas.ts";
import { lettersOf } from "./select-letters.ts";

interface GroupRow {
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  kind: string;
  obstacle: string | null;
  document_id: string | null;
  items: number;
  oldest: Date;
  newest: Date;
}

/** Tells what a bulk redrive would do, without doing it: how many, how old, which cannot go and why, and how long it takes. */
export async function planRedrive({ ctx, input }: { ctx: Context; input: PlanRedriveInput }): Promise<RedrivePlan> {
  authorize(ctx.actor, "issues:read");
  const groups = await readGroups(ctx, input);
  const free = groups.filter((group) => group.obstacle === null);
  const items = sum(free);
  // Discarding and bringing back call nobody.
  const limitsMs = input.act === "redrive" ? await timeUnderLimits(ctx, free) : 0;
  const rate = input.act === "redrive" ? input.ratePerSecond : ownRate;
  return {
    total: sum(groups),
    redrivable: items,
    oldestEventAt: earliest(groups),
    newestEventAt: latest(groups),
    estimatedMs: Math.round(Math.max(Math.max(0, items - 1) * (1_000 / rate), limitsMs)),
    limitedBy: limitsMs > (items / rate) * 1_000 ? "limits" : "rate",
    order: input.order,
    groups: merged(groups),
    obstacles: [...Map.groupBy(groups, (group) => group.obstacle)].flatMap(([reason, rows]) =>
      reason === null ? [] : [{ reason, items: sum(rows) }],
    ),
    samples: await editSamples(ctx, input),
  };
}

function readGroups(ctx: Context, input: PlanRedriveInput): Promise<GroupRow[]> {
  const where = lettersOf(ctx.workspaceId, input.filter, input.act);
  const text = `
    SELECT l.workflow_id, w.name AS workflow_name, l.node_id, l.kind, r.document_id, count(*)::int AS items,
      min(l.event_at) AS oldest, max(l.event_at) AS newest,
      CASE WHEN ${input.act === "discard"} THEN NULL
        WHEN l.kind = 'unknown_outcome' AND ${input.act === "redrive"} THEN 'its outcome is unknown: decide it'
        WHEN r.id IS NULL THEN 'its run is not kept any more'
        WHEN r.status NOT IN ('failed', 'succeeded', 'running', 'waiting') THEN 'its run cannot go on from this step' END AS obstacle
    FROM dead_letter l JOIN workflow w ON w.id = l.workflow_id LEFT JOIN run r ON r.id = l.run_id
    WHERE ${where.sql} GROUP BY 1, 2, 3, 4, 5, 9`;
  return listQuery<GroupRow>(ctx, text, where.values);
}

const sum = (groups: GroupRow[]) => groups.reduce((total, group) => total + group.items, 0);

function earliest(groups: GroupRow[]): string | null {
  return groups.length === 0 ? null : new Date(Math.min(...groups.map((group) => group.oldest.getTime()))).toISOString();
}

function latest(groups: GroupRow[]): string | null {
  return groups.length === 0 ? null : new Date(Math.max(...groups.map((group) => group.newest.getTime()))).toISOString();
}

function merged(groups: GroupRow[]): RedrivePlan["groups"] {
  const by = Map.groupBy(groups, (group) => `${group.workflow_id} ${group.node_id} ${group.kind}`);
  return [...by.values()]
    .flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const { workflow_id: workflowId, workflow_name: workflowName, node_id: nodeId, kind } = first;
      return [{ workflowId, workflowName, nodeId, kind, items: sum(rows) }];
    })
    .toSorted((a, b) => b.items - a.items);
}

/** The slowest of the limits the items share: those of each node for itself, and those of each connection for all its nodes. */
async function timeUnderLimits(ctx: Context, groups: GroupRow[]): Promise<number> {
  const nodes = await readNodesOf(ctx, groups);
  const ofConnection = new Map<string, number>();
  let longestMs = 0;
  for (const group of groups) {
    const node = nodes.get(`${group.document_id} ${group.node_id}`);
    if (node === undefined) continue;
    const { throttle } = resolvePolicy({ policy: node.policy, defaults: {}, effect: "unsafe" });
    // Items of a keyed limit have windows of their own; how they spread is not known here.
    if (throttle !== null && throttle.key === null) longestMs = Math.max(longestMs, timeUnderWindows(group.items, throttle.windows));
    if (node.connectionId !== null) ofConnection.set(node.connectionId, (ofConnection.get(node.connectionId) ?? 0) + group.items);
  }
  const connections = await ctx.db.prisma.connection.findMany({
    where: { workspaceId: ctx.workspaceId, id: { in: [...ofConnection.keys()] } },
    select: { id: true, limits: true },
  });
  for (const { id, limits } of connections) {
    longestMs = Math.max(longestMs, timeUnderWindows(ofConnection.get(id) ?? 0, windowsOf(limits)));
  }
  return longestMs;
}

async function readNodesOf(ctx: Context, groups: GroupRow[]): Promise<Map<string, WorkflowNode>> {
  const ids = [...new Set(groups.flatMap((group) => group.document_id ?? []))];
  const documents = await ctx.db.prisma.workflowDocument.findMany({
    where: { workspaceId: ctx.workspaceId, id: { in: ids } },
    select: { id: true, document: true },
  });
  return new Map(
    documents.flatMap(({ id, document }) =>
      documentSchema.parse(JSON.parse(document)).nodes.map((node) => [`${id} ${node.id}`, node] as const),
    ),
  );
}

function windowsOf(limits: string): ThrottleWindow[] {
  const { windows } = readJsonObject(limits);
  // Safe because the connection's schema checked them when they were stored.
  return Array.isArray(windows) ? (windows as unknown as ThrottleWindow[]) : [];
}

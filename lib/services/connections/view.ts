import type { Prisma } from "#lib/db/generated/client.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { limitStates } from "./limit-state.ts";

interface ConnectionRow {
  id: string;
  name: string;
  kind: string;
  baseUrl: string | null;
  allowedHosts: string[];
  fields: string;
  limits: string;
  status: string;
  isolatedReason: string | null;
  authFailedAt: Date | null;
  healthPath: string | null;
  _count: { connectionWaiters: number };
  createdAt: Date;
  updatedAt: Date;
  lastUsedAt: Date | null;
  lastTestedAt: Date | null;
  secrets: { field: string; hint: string; version: number }[];
}

/**
 * What is read along with a connection to show it: of the secrets people enter, the newest hint of each field and never a
 * value; and how many runs wait for it.
 */
export const withHints = {
  secrets: {
    select: { field: true, hint: true, version: true },
    where: { field: { not: "accessToken" } },
    orderBy: [{ field: "asc" }, { version: "desc" }],
  },
  _count: { select: { connectionWaiters: true } },
} satisfies Prisma.ConnectionInclude;

const statuses = ["untested", "ok", "failing", "isolated"] as const;

/** A connection as people see it. */
function toConnectionView(row: ConnectionRow, { usedBy, limitState }: Pick<ConnectionView, "usedBy" | "limitState">): ConnectionView {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    baseUrl: row.baseUrl,
    allowedHosts: row.allowedHosts,
    fields: readJsonObject(row.fields),
    limits: readJsonObject(row.limits),
    limitState,
    secrets: row.secrets.filter((secret, index) => row.secrets[index - 1]?.field !== secret.field),
    status: statuses.find((status) => status === row.status) ?? "untested",
    isolatedReason: row.isolatedReason,
    authFailedAt: row.authFailedAt?.toISOString() ?? null,
    waitingRuns: row._count.connectionWaiters,
    healthPath: row.healthPath,
    usedBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastTestedAt: row.lastTestedAt?.toISOString() ?? null,
  };
}

const findUses = `
  SELECT c.id AS connection_id, w.id, w.name
  FROM unnest($2::uuid[]) AS c (id)
  JOIN workflow w ON w.workspace_id = $1 AND w.archived_at IS NULL
  LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
  LEFT JOIN workflow_document d ON d.id = v.document_id
  WHERE strpos(w.draft, c.id::text) > 0 OR strpos(d.document, c.id::text) > 0
  ORDER BY w.name, w.id`;

/** Connections as people see them, with who uses them and how their limits stand. */
export async function toConnectionViews(ctx: Context, rows: readonly ConnectionRow[]): Promise<ConnectionView[]> {
  const users = await findUsers(
    ctx,
    rows.map((row) => row.id),
  );
  const states = await limitStates(
    ctx,
    rows.map((row) => ({ id: row.id, limits: readJsonObject(row.limits) })),
  );
  return rows.map((row) => {
    const limitState = states.get(row.id) ?? { blockedUntil: null, waitingCalls: 0, windows: [], learned: [] };
    return toConnectionView(row, { usedBy: users.get(row.id) ?? [], limitState });
  });
}

/** Finds which workflows name each connection, in their draft or in what is live. */
export async function findUsers(ctx: Context, connectionIds: string[]): Promise<Map<string, ConnectionView["usedBy"]>> {
  const { rows } = await ctx.db.pool.query<{ connection_id: string; id: string; name: string }>(findUses, [ctx.workspaceId, connectionIds]);
  const users = Map.groupBy(rows, (row) => row.connection_id);
  return new Map([...users].map(([id, uses]) => [id, uses.map((use) => ({ workflowId: use.id, name: use.name }))]));
}

import type pg from "pg";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";

const missingWorkflows =
  "SELECT id FROM unnest($1::uuid[]) AS t (id) WHERE NOT EXISTS (SELECT FROM workflow w WHERE w.id = t.id AND w.workspace_id = $2)";
const missingChannels = `
  SELECT id FROM unnest($1::uuid[]) AS t (id)
  WHERE NOT EXISTS (SELECT FROM alert_channel c WHERE c.id = t.id AND c.workspace_id = $2 AND c.removed_at IS NULL)`;

/** Refuses what a rule names and is not there. */
export async function requireReferences(
  client: pg.ClientBase,
  ctx: Context,
  named: { workflowIds?: string[] | undefined; channelIds?: string[] | undefined },
): Promise<void> {
  const workflows = await client.query<{ id: string }>(missingWorkflows, [named.workflowIds ?? [], ctx.workspaceId]);
  const channels = await client.query<{ id: string }>(missingChannels, [named.channelIds ?? [], ctx.workspaceId]);
  const problems = [
    ...workflows.rows.map(({ id }) => ({ path: "workflowIds", message: `there is no workflow ${id}` })),
    ...channels.rows.map(({ id }) => ({ path: "channelIds", message: `there is no channel ${id}` })),
  ];
  if (problems.length > 0) throw new AppError("invalid_input", problems[0]?.message ?? "", { problems });
}

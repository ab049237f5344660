import { newId } from "#lib/shared/ids.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";

const mentioned = /\/sandbox\/([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)(?=[/"?#]|$)/g;

/**
 * Makes recorders for the sandbox targets that a document names and that do not exist, so that a workflow made from a
 * template runs at once. Existing ones are left as they are.
 */
export async function ensureSandboxTargets({ ctx, input }: { ctx: Context; input: { documentText: string } }): Promise<void> {
  authorize(ctx.actor, "workflows:write");
  const names = new Set([...input.documentText.matchAll(mentioned)].flatMap((match) => match[1] ?? []));
  if (names.size === 0) return;
  await ctx.db.pool.query(
    `INSERT INTO sandbox_target (id, workspace_id, name, kind)
     SELECT id, $1, name, 'recorder' FROM unnest($2::uuid[], $3::text[]) AS t (id, name) ON CONFLICT DO NOTHING`,
    [ctx.workspaceId, [...names].map(() => newId()), [...names]],
  );
}

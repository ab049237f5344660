import { statement } from "#lib/db/statement.ts";
import type { RecordState } from "#lib/policies/idempotency.ts";
import { idempotencyScope, keyHash, normalizeKey } from "#lib/policies/idempotency-key.ts";
import type { DuplicateCheck, EarlierCall } from "#lib/shared/api-nodes.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { findWorkflow } from "./find-workflow.ts";
import type { CheckDuplicateInput } from "./schemas.ts";

const findRecord = statement(new URL("./sql/find-record.sql", import.meta.url));

interface RecordRow {
  state: RecordState;
  owner_run: string;
  created_at: Date;
  expires_at: Date;
}

const states: Record<RecordState, EarlierCall["state"]> = {
  succeeded: "done",
  failed_final: "failed",
  claimed: "under-way",
  sent: "under-way",
  unknown_outcome: "unknown",
  released: "free",
};

/** Tells whether a step would take an item with this key for a duplicate now. Nothing is claimed by asking. */
export async function checkDuplicate({ ctx, input }: { ctx: Context; input: CheckDuplicateInput }): Promise<DuplicateCheck> {
  authorize(ctx.actor, "runs:read");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const key = normalizeKey(input.key);
  if (!key.ok) return { problem: key.problem };
  const { scope: kind, nodeId, connectionId } = input;
  const scope = idempotencyScope({ scope: kind, workspaceId: ctx.workspaceId, workflowId: workflow.id, nodeId, connectionId });
  const { rows } = await ctx.db.pool.query<RecordRow>({ ...findRecord, values: [scope, keyHash(key.key), ctx.workspaceId] });
  const row = rows[0];
  const earlier =
    row === undefined
      ? null
      : {
          state: states[row.state],
          runId: row.owner_run,
          firstSeenAt: row.created_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
        };
  return { problem: null, key: key.key, earlier };
}

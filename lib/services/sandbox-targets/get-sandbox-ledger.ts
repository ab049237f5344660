import type { LedgerView } from "#lib/shared/sandbox-types.ts";
import type { ContextWith } from "../context.ts";
import { decodeIdCursor } from "../cursor.ts";
import { authorize } from "../permissions.ts";
import type { SandboxLedgerInput } from "./schemas.ts";
import { findTargetId, readTarget } from "./view.ts";

interface KeyRow {
  last_id: string;
  idempotency_key: string | null;
  count: number;
  last_applied_at: Date;
  last_body: string | null;
}

/** What a target has applied, by idempotency key, the latest first. All effects without a key are one entry. */
export async function getSandboxLedger({ ctx, input }: { ctx: ContextWith<"baseUrl">; input: SandboxLedgerInput }): Promise<LedgerView> {
  authorize(ctx.actor, "sandbox:read");
  const target = await readTarget(ctx, input.name);
  const targetId = await findTargetId(ctx, input.name);
  const { rows } = await ctx.db.pool.query<KeyRow>(
    `SELECT k.last_id, k.idempotency_key, k.count, e.applied_at AS last_applied_at, e.body AS last_body
     FROM (
       SELECT idempotency_key, count(*)::int AS count, (max(id::text))::uuid AS last_id
       FROM sandbox_effect WHERE target_id = $1 GROUP BY idempotency_key
     ) k
     JOIN sandbox_effect e ON e.id = k.last_id
     WHERE $2::uuid IS NULL OR k.last_id < $2
     ORDER BY k.last_id DESC LIMIT $3`,
    [targetId, decodeIdCursor(input.cursor), input.limit + 1],
  );
  const shown = rows.slice(0, input.limit);
  return {
    calls: target.calls,
    applied: target.effects,
    keys: shown.map((row) => ({
      idempotencyKey: row.idempotency_key,
      count: row.count,
      lastAppliedAt: row.last_applied_at.toISOString(),
      lastBody: row.last_body,
    })),
    nextCursor: rows.length > shown.length ? (shown.at(-1)?.last_id ?? null) : null,
  };
}

import type { JsonObject } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";

/**
 * Makes the state of a poll that of its trigger as it is now: the cursor stays over all versions, what a sweep was at is gone with
 * the version it was of, and the list is read at once.
 */
export async function syncPoll(transaction: Transaction, ctx: Context, trigger: { id: string; config: JsonObject; changed: boolean }) {
  const { id: triggerId, config, changed } = trigger;
  const nextPollAt = new Date(ctx.now());
  await transaction.pollState.upsert({
    where: { triggerId },
    create: { triggerId, workspaceId: ctx.workspaceId, seeded: config.backfill === true, nextPollAt },
    update: { nextPollAt, ...(changed ? { sweep: null } : {}) },
  });
}

import type { AlertChannelView, ChannelKind } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";

interface ChannelRow {
  id: string;
  name: string;
  kind: ChannelKind;
  target: string;
  enabled: boolean;
  disabled_reason: string | null;
  failing_since: Date | null;
  resume_at: Date | null;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_answer: string | null;
  waiting: number;
}

const selectChannels = `
  SELECT c.id, c.name, c.kind, c.target, c.enabled, c.disabled_reason, c.failing_since, nullif(greatest(c.resume_at, now()), now()) AS resume_at,
    c.last_success_at, c.last_failure_at, c.last_answer,
    (SELECT count(*)::int FROM alert a WHERE a.channel_id = c.id AND a.state = 'pending') AS waiting
  FROM alert_channel c
  WHERE c.workspace_id = $1 AND c.removed_at IS NULL AND ($2::uuid IS NULL OR c.id = $2)
  ORDER BY lower(c.name), c.id`;

/** The channels of the caller's workspace, by name, for whoever was authorized before. There are never many. */
export async function readChannels(ctx: Context): Promise<AlertChannelView[]> {
  return query(ctx, null);
}

/** One channel. Throws `not_found`. */
export async function readChannel(ctx: Context, id: string): Promise<AlertChannelView> {
  const [view] = await query(ctx, id);
  if (view === undefined) throw noChannel();
  return view;
}

/** A channel that is not there, or not the caller's. */
export function noChannel(): AppError {
  return new AppError("not_found", "there is no such channel");
}

async function query(ctx: Context, id: string | null): Promise<AlertChannelView[]> {
  const { rows } = await ctx.db.pool.query<ChannelRow>(selectChannels, [ctx.workspaceId, id]);
  return rows.map(toChannelView);
}

function toChannelView(row: ChannelRow): AlertChannelView {
  const { id, name, kind, target, enabled, waiting } = row;
  return {
    ...{ id, name, kind, target, enabled, waiting },
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
    resumeAt: row.resume_at?.toISOString() ?? null,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    lastFailureAt: row.last_failure_at?.toISOString() ?? null,
    lastAnswer: row.last_answer,
  };
}

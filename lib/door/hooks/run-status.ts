import { hash, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import { isId } from "#lib/shared/ids.ts";
import { statusKey } from "./answers.ts";
import type { HookTrigger } from "./hook-triggers.ts";
import { notFound, toJson } from "./refusal.ts";

interface RunRow {
  status: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

/**
 * How a run is doing, for the caller that started it (`?key=` of its status URL) or whoever holds the trigger's status
 * secret (as a bearer token). Anything else is as unknown as an address that does not exist.
 */
export async function runStatus(
  pool: pg.Pool,
  trigger: HookTrigger,
  runId: string,
  given: { key: string | undefined; authorization: string | undefined },
): Promise<Response> {
  if (!isId(runId) || !maySee(trigger, runId, given)) throw notFound;
  const { rows } = await pool.query<RunRow>(
    "SELECT status, created_at, started_at, finished_at FROM run WHERE id = $1 AND trigger_id = $2",
    [runId, trigger.id],
  );
  const [run] = rows;
  if (run === undefined) throw notFound;
  const { status, created_at: createdAt, started_at: startedAt, finished_at: finishedAt } = run;
  return toJson(200, { runId, status, createdAt, startedAt, finishedAt });
}

/** Whether the answer of its run is for the sender of an event: one that was dropped or superseded only knows the run of another. */
export async function hasRunOfItsOwn(pool: pg.Pool, eventId: string): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM event WHERE id = $1 AND outcome <> 'accepted'", [eventId]);
  return rowCount === 0;
}

function maySee(trigger: HookTrigger, runId: string, given: { key: string | undefined; authorization: string | undefined }): boolean {
  const { statusSecret } = trigger;
  if (statusSecret === null || statusSecret === "") return false;
  if (given.key !== undefined) return same(given.key, statusKey(statusSecret, runId));
  const bearer = given.authorization?.replace(/^Bearer +/i, "");
  return bearer !== undefined && same(bearer, statusSecret);
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}

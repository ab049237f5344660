import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { idsByField } from "./find-by-field.ts";
import { conditions } from "./run-conditions.ts";
import { alternativesOf } from "./run-search.ts";
import type { ListRunsInput } from "./schemas.ts";

type Filter = Omit<ListRunsInput, "cursor" | "limit">;

/** So many stretches of payloads are looked through: each takes up to seconds. */
const maxStretches = 50;
const stretchLimit = 2_000;

/** The ids of the runs that are meant, the newest `limit` of them: those named, or all that a list would show. */
export async function selectRunIds(ctx: Context, selection: { runIds: string[] } | { filter: Filter }, limit: number): Promise<string[]> {
  if ("runIds" in selection) return selection.runIds;
  const { filter } = selection;
  if (filter.field !== undefined) return byField(ctx, filter, filter.field, limit);
  const where = conditions(ctx, filter);
  const branches = await alternativesOf(ctx, filter, where);
  if (branches.length === 0) return [];
  const found = branches.map((branch) => `(SELECT r.id FROM run r WHERE ${branch} ORDER BY r.id DESC LIMIT ${limit})`).join(" UNION ");
  const rows = await listQuery<{ id: string }>(ctx, `SELECT id FROM (${found}) f ORDER BY id DESC LIMIT ${limit}`, where.values);
  return rows.map((row) => row.id);
}

async function byField(ctx: Context, filter: Filter, field: { path: string[]; value: string }, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let stretch = 0; stretch < maxStretches; stretch += 1) {
    const page = await idsByField(ctx, conditions(ctx, { ...filter, cursor }), field, stretchLimit);
    ids.push(...page.ids);
    if (page.scannedTo === null || ids.length >= limit) return ids.slice(0, limit);
    cursor = page.scannedTo;
  }
  const message = "there are too many payloads to look through; narrow the time range";
  throw new AppError("invalid_input", message, { problems: [{ path: "selection.filter.field", message }] });
}

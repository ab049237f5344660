import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { toPage } from "../cursor.ts";
import { type Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { idsByField } from "./find-by-field.ts";
import { conditions } from "./run-conditions.ts";
import { alternativesOf } from "./run-search.ts";
import { type RunRow, runColumns, toRunSummary } from "./run-view.ts";
import type { ListRunsInput } from "./schemas.ts";

/**
 * Lists runs, newest first. A time range narrows the ids, which start with their time, and so the partitions that are read. What is
 * searched for in several places is looked for in each by itself, so that each uses its own index however rare its finds are.
 */
export async function listRuns({ ctx, input }: { ctx: Context; input: ListRunsInput }): Promise<Page<RunSummary>> {
  authorize(ctx.actor, "runs:read");
  const where = conditions(ctx, input);
  if (input.field !== undefined) return listByField(ctx, input, where, input.field);
  const branches = await alternativesOf(ctx, input, where);
  const limit = input.limit + 1;
  const found = branches.map((branch) => `(SELECT r.id FROM run r WHERE ${branch} ORDER BY r.id DESC LIMIT ${limit})`).join(" UNION ");
  if (found === "") return { items: [], nextCursor: null };
  const rows = await read(ctx, `r.id IN (${found})`, where.values, limit);
  return toPage(rows, input.limit, toRunSummary, (row) => row.id);
}

/** A page may hold fewer than asked for, even none, and yet have a next one: so many events were looked through. */
async function listByField(ctx: Context, input: ListRunsInput, where: Conditions, field: { path: string[]; value: string }) {
  const { ids, scannedTo } = await idsByField(ctx, where, field, input.limit);
  const rows = ids.length === 0 ? [] : await read(ctx, "r.id = ANY ($1::uuid[])", [ids], input.limit);
  return { items: rows.map(toRunSummary), nextCursor: scannedTo };
}

function read(ctx: Context, condition: string, values: unknown[], limit: number): Promise<RunRow[]> {
  const text = `SELECT ${runColumns} FROM run r JOIN workflow w ON w.id = r.workflow_id WHERE ${condition} ORDER BY r.id DESC LIMIT ${limit}`;
  return listQuery<RunRow>(ctx, text, values);
}

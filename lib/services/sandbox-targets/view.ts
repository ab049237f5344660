import { AppError } from "#lib/shared/errors.ts";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import type { Context, ContextWith } from "../context.ts";
import { readJsonObject } from "../json-column.ts";

interface TargetRow {
  name: string;
  kind: SandboxTargetView["kind"];
  settings: string;
  calls: number;
  effects: number;
}

const selectTargets = `
  SELECT t.name, t.kind, t.settings, t.calls, (SELECT count(*) FROM sandbox_effect e WHERE e.target_id = t.id)::int AS effects
  FROM sandbox_target t WHERE t.workspace_id = $1`;

/** Targets of the workspace: all of them, or the one of a name. */
export async function readTargets(ctx: ContextWith<"baseUrl">, name: string | null): Promise<SandboxTargetView[]> {
  const text = name === null ? `${selectTargets} ORDER BY t.name` : `${selectTargets} AND t.name = $2`;
  const { rows } = await ctx.db.pool.query<TargetRow>(text, name === null ? [ctx.workspaceId] : [ctx.workspaceId, name]);
  return rows.map((row) => ({ ...row, settings: readJsonObject(row.settings), url: `${ctx.baseUrl}/sandbox/${row.name}` }));
}

export async function readTarget(ctx: ContextWith<"baseUrl">, name: string): Promise<SandboxTargetView> {
  const [target] = await readTargets(ctx, name);
  if (target === undefined) throw noSuchTarget(name);
  return target;
}

/** The row's id; the workspace is part of the question, so that another's target is as unknown as none. */
export async function findTargetId(ctx: Context, name: string): Promise<string> {
  const target = await ctx.db.prisma.sandboxTarget.findFirst({ where: { name, workspaceId: ctx.workspaceId }, select: { id: true } });
  if (target === null) throw noSuchTarget(name);
  return target.id;
}

function noSuchTarget(name: string): AppError {
  return new AppError("not_found", `there is no sandbox target ${name}`);
}

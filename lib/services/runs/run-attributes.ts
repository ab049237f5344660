import type { AttributeName, RunAttributeView } from "#lib/shared/run-attribute-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { ListAttributesInput } from "./schemas.ts";

interface Row {
  run_id: string;
  name: string;
  type: RunAttributeView["type"];
  text_value: string | null;
  number_value: number | null;
  time_value: Date | null;
  problem: string | null;
}

const readRows = `SELECT run_id, name, type, text_value, number_value, time_value, problem FROM run_attr
  WHERE run_id = ANY ($1::uuid[]) AND workspace_id = $2 ORDER BY run_id, name`;

/** What runs are found by, by the run. */
export async function readAttributes(ctx: Context, runIds: readonly string[]): Promise<Map<string, RunAttributeView[]>> {
  const { rows } = await ctx.db.pool.query<Row>(readRows, [runIds, ctx.workspaceId]);
  const byRun = Map.groupBy(rows, (row) => row.run_id);
  return new Map([...byRun].map(([runId, own]) => [runId, own.map(toView)]));
}

function toView(row: Row): RunAttributeView {
  const text = row.type === "boolean" && row.text_value !== null ? row.text_value === "true" : row.text_value;
  return { name: row.name, type: row.type, value: text ?? row.number_value ?? row.time_value?.toISOString() ?? null, problem: row.problem };
}

/** Read from what is live, not from the runs: there are few workflows and very many runs. */
const listNames = `
  SELECT DISTINCT a ->> 'name' AS name, a ->> 'type' AS type
  FROM workflow w
  JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
  JOIN workflow_document d ON d.id = v.document_id
  CROSS JOIN LATERAL json_array_elements(coalesce(d.document::json #> '{settings,attributes}', '[]'::json)) a
  WHERE w.workspace_id = $1 AND w.archived_at IS NULL AND ($2::uuid IS NULL OR w.id = $2) AND strpos(d.document, '"attributes"') > 0
  ORDER BY 1, 2 LIMIT 500`;

/** The attributes that live workflows give their runs, for completion in a filter. */
export async function listAttributes({ ctx, input }: { ctx: Context; input: ListAttributesInput }): Promise<{ items: AttributeName[] }> {
  authorize(ctx.actor, "runs:read");
  const { rows } = await ctx.db.pool.query<AttributeName>(listNames, [ctx.workspaceId, input.workflowId ?? null]);
  return { items: rows };
}

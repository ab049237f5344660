import { startRun, startRunSchema } from "#lib/services/runs/index.ts";
import { createWorkflow, createWorkflowSchema, publishWorkflow, publishWorkflowSchema } from "#lib/services/workflows/index.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { SeedContext } from "./workspace.ts";

/** A workflow of a scenario, made from a template or a document. */
export interface SeedWorkflow {
  name: string;
  from: { templateId: string } | { document: JsonObject };
  /** One live run each, in this order. */
  inputs: JsonValue[];
}

/** Makes and publishes a workflow unless one of that name is there. Gives back its id. */
export async function ensurePublished(ctx: SeedContext, workflow: SeedWorkflow): Promise<string> {
  const { name } = workflow;
  const known = await ctx.db.prisma.workflow.findFirst({ where: { workspaceId: ctx.workspaceId, name, archivedAt: null } });
  const id = known?.id ?? (await createWorkflow({ ctx, input: createWorkflowSchema.parse({ name, ...workflow.from }) })).id;
  if (known === null || known.liveVersion === null) {
    await publishWorkflow({ ctx, input: { ...publishWorkflowSchema.parse({ note: "Seeded" }), id } });
  }
  return id;
}

/** Starts the runs of a workflow that has had none. Gives back their ids; none when there is nothing to do. */
export async function startRuns(ctx: SeedContext, id: string, workflow: SeedWorkflow): Promise<string[]> {
  const { rowCount } = await ctx.db.pool.query("SELECT FROM run WHERE workflow_id = $1 LIMIT 1", [id]);
  if (rowCount !== 0) return [];
  const runIds: string[] = [];
  for (const input of workflow.inputs) {
    const { runId } = await startRun({ ctx, input: { ...startRunSchema.parse({ input }), id } });
    runIds.push(runId);
  }
  return runIds;
}

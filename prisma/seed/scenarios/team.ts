import { statement } from "#lib/db/statement.ts";
import { cancelRun } from "#lib/services/runs/index.ts";
import { putSandboxTarget, putSandboxTargetSchema } from "#lib/services/sandbox-targets/index.ts";
import { createWorkflow, createWorkflowSchema } from "#lib/services/workflows/index.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { Scenario } from "../../../bin/commands/seed.ts";
import { finishRuns } from "../finish-runs.ts";
import { ensureConnections } from "../team/connections.ts";
import { type TeamWorkflow, teamDraft, teamTargets, teamWorkflows } from "../team/workflows.ts";
import { ensurePublished, startRuns } from "../workflows.ts";
import { openWorkspace, type SeedContext } from "../workspace.ts";

const history = statement(new URL("../sql/team-history.sql", import.meta.url));
const backdate = statement(new URL("../sql/team-backdate.sql", import.meta.url));

export const scenario: Scenario = {
  summary: "A team's workspace: deployments, CRM and billing syncs, with a week of runs, questions that wait, and failures",
  async seed({ db, baseUrl }) {
    const ctx = await openWorkspace(db, baseUrl);
    const links = ["/workflows", "/runs?last=7d", "/inbox", "/approvals"].map((path) => baseUrl + path);
    const where = { workspaceId: ctx.workspaceId, name: teamDraft.name };
    if ((await db.prisma.workflow.findFirst({ where })) !== null) return { links };
    const workflows = teamWorkflows(await ensureConnections(ctx));
    for (const [name, settings] of Object.entries(teamTargets)) {
      await putSandboxTarget({ ctx, input: { name, ...putSandboxTargetSchema.parse(settings) } });
    }
    const ids = await runAll(ctx, workflows);
    await db.pool.query("SELECT ensure_partitions(now() - interval '8 days', 3)");
    const past = workflows.flatMap((workflow, place) => (workflow.past ? [{ workflowId: ids[place], ...workflow.past }] : []));
    await db.pool.query(history.text, [ctx.workspaceId, JSON.stringify(past)]);
    await db.pool.query(backdate.text, [ctx.workspaceId]);
    // Made last: it tells that all the rest is there.
    await createWorkflow({ ctx, input: createWorkflowSchema.parse(teamDraft) });
    return { links };
  },
};

/** Publishes each and starts its runs; those that wait for a person, a time or a limit are left so. */
async function runAll(ctx: SeedContext, workflows: TeamWorkflow[]): Promise<string[]> {
  const ids: string[] = [];
  const ending: string[] = [];
  const waiting: string[] = [];
  for (const { name, document, ends = [], waits = [] } of workflows) {
    const from = { document };
    const id = await ensurePublished(ctx, { name, from, inputs: [] });
    const start = (inputs: JsonValue[]) => startRuns(ctx, id, { name, from, inputs });
    const started = await start([...ends, ...waits]);
    ids.push(id);
    ending.push(...started.slice(0, ends.length));
    waiting.push(...started.slice(ends.length));
  }
  const canceled = waiting.slice(-2, -1);
  for (const id of canceled) await cancelRun({ ctx, input: { id } });
  await finishRuns(ctx, [...ending, ...canceled]);
  return ids;
}

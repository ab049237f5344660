import { templates } from "#lib/graph/templates/templates.ts";
import { putSandboxTarget, putSandboxTargetSchema } from "#lib/services/sandbox-targets/index.ts";
import type { Scenario } from "../../../bin/commands/seed.ts";
import { giftCards, invoiceSync } from "../demo-documents.ts";
import { finishRuns } from "../finish-runs.ts";
import { ensurePublished, type SeedWorkflow, startRuns } from "../workflows.ts";
import { openWorkspace, type SeedContext } from "../workspace.ts";

const contacts = [
  { id: "lead-1", name: "Grace Hopper", email: "Grace.Hopper@Example.com", phone: "01 42 68 53 00", country: "fr" },
  { id: "lead-2", name: "  Alan   Turing ", email: "alan@example.org", country: "gb", signedUpAt: "31/01/2026 09:30" },
  { id: "lead-3", name: "Ada Lovelace", email: "ada at example", phone: "12", country: "xx" },
];

/** Every template with a few runs, and two workflows that fail. */
const workflows: SeedWorkflow[] = [
  ...templates.map(({ id, name, sampleInput }) => ({
    name,
    from: { templateId: id },
    inputs: id === "webhook-check-call-notify" ? contacts : [sampleInput],
  })),
  {
    name: "Invoice sync",
    from: { document: invoiceSync },
    inputs: [
      { id: "o-1001", customer: "ACME", total: "120.50" },
      { id: "o-1002", customer: "acme ", total: 80 },
      { id: "o-1003", customer: "Globex", total: 19.9 },
    ],
  },
  { name: "Gift cards", from: { document: giftCards }, inputs: [{ email: "ada@example.com", amount: 25 }] },
];

const failingTargets = { "demo-billing-target": 404, "demo-gift-card-target": 500 };

export const scenario: Scenario = {
  summary: "Every template published and run, and an inbox with two kinds of failures",
  async seed({ db, baseUrl }) {
    const ctx = await openWorkspace(db, baseUrl);
    await makeTargets(ctx);
    const started: string[] = [];
    const ids: string[] = [];
    for (const workflow of workflows) {
      const id = await ensurePublished(ctx, workflow);
      ids.push(id);
      started.push(...(await startRuns(ctx, id, workflow)));
    }
    await finishRuns(ctx, started);
    return { links: await linksTo(ctx, ids) };
  },
};

/** Those that are there are left alone: somebody may have mended them. */
async function makeTargets(ctx: SeedContext): Promise<void> {
  for (const [name, status] of Object.entries(failingTargets)) {
    const known = await ctx.db.prisma.sandboxTarget.findUnique({ where: { name } });
    const input = { name, ...putSandboxTargetSchema.parse({ kind: "flaky", failRatio: 1, status }) };
    if (known === null) await putSandboxTarget({ ctx, input });
  }
}

async function linksTo(ctx: SeedContext, workflowIds: string[]): Promise<string[]> {
  const issues = await ctx.db.prisma.issue.findMany({ where: { workflowId: { in: workflowIds } }, orderBy: { firstSeenAt: "asc" } });
  const run = await ctx.db.prisma.run.findFirst({
    where: { workflowId: { in: workflowIds }, status: "succeeded" },
    orderBy: { id: "asc" },
  });
  return [
    ...workflowIds.map((id) => `/workflows/${id}`),
    ...issues.map(({ id }) => `/inbox?issue=${id}`),
    ...(run === null ? [] : [`/runs/${run.id}`]),
  ].map((path) => ctx.baseUrl + path);
}

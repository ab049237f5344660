import { pino } from "pino";
import { statement } from "#lib/db/statement.ts";
import { breakerId } from "#lib/policies/breaker.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { keepHealth } from "#lib/runtime/health-keeper.ts";
import { createConnection, createConnectionSchema } from "#lib/services/connections/index.ts";
import { derivedId, newId } from "#lib/shared/ids.ts";
import type { Scenario } from "../../../bin/commands/seed.ts";
import { ensurePublished } from "../workflows.ts";
import { openWorkspace, type SeedContext } from "../workspace.ts";

const trouble = statement(new URL("../sql/trouble.sql", import.meta.url));

const name = "Nightly export";
const remote = { name: "Acme warehouse", host: "warehouse.example.com" };

/** With a limit of one call a day. */
async function ensureRemote(ctx: SeedContext): Promise<string> {
  const known = await ctx.db.prisma.connection.findFirst({ where: { workspaceId: ctx.workspaceId, name: remote.name } });
  const limits = { windows: [{ limit: 1, perMs: 86_400_000 }], concurrency: null };
  const given = { name: remote.name, kind: "none", baseUrl: `https://${remote.host}`, limits };
  return known?.id ?? (await createConnection({ ctx, input: createConnectionSchema.parse(given) })).id;
}

function documentOf(connectionId: string) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "nightly", type: "schedule", name: "Every night", position: { x: 0, y: 0 }, config: { cron: "0 3 * * *", misfire: "skip" } },
      {
        id: "send",
        type: "http-request",
        name: "Send the export",
        position: { x: 320, y: 0 },
        connectionId,
        config: { method: "GET", url: `https://${remote.host}/export` },
      },
    ],
    edges: [{ id: "e1", source: "nightly", target: "send" }],
  };
}

export const scenario: Scenario = {
  summary: "What is wrong without an item: an open breaker, a backlog, a missed night, a lost worker",
  async seed({ db, baseUrl }) {
    const ctx = await openWorkspace(db, baseUrl);
    const { workspaceId } = ctx;
    const links = [`${baseUrl}/inbox`];
    const connectionId = await ensureRemote(ctx);
    const workflowId = await ensurePublished(ctx, { name, from: { document: documentOf(connectionId) }, inputs: [] });
    if ((await db.prisma.run.findFirst({ where: { workflowId } })) !== null) return { links };
    const { id: documentId } = await db.prisma.workflowDocument.findFirstOrThrow({ where: { workflowId } });
    const guards = [
      breakerId({ workspaceId, workflowId, nodeId: "send", connectionId, host: remote.host }),
      derivedId(workspaceId, "budget", connectionId),
      bucketId(workspaceId, "connection", connectionId),
    ];
    await db.pool.query({
      ...trouble,
      values: [workspaceId, workflowId, documentId, connectionId, remote.host, ...guards, newId(), newId()],
    });
    // As a worker will at its next turn.
    await keepHealth({ pool: db.pool, logger: pino({ level: "silent" }) });
    return { links };
  },
};

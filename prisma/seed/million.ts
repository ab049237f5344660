import { statement } from "#lib/db/statement.ts";
import { ensurePublished } from "./workflows.ts";
import type { SeedContext } from "./workspace.ts";

const runsSlice = statement(new URL("./sql/million-runs.sql", import.meta.url));
const letters = statement(new URL("./sql/million-letters.sql", import.meta.url));

const sliceSize = 50_000;
const workflowCount = 20;

const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "webhook", name: "Order received" },
    {
      id: "call",
      type: "http-request",
      name: "Book the order",
      position: { x: 300, y: 0 },
      config: { method: "POST", url: "https://api.example.com/orders", body: "{{ trigger.body }}" },
      policy: { idempotency: { key: "{{ trigger.body.order }}", header: "Idempotency-Key" } },
    },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

/** Fills the workspace with so many runs of four weeks, a tenth of them failed, written by the database itself. */
export async function seedRuns(ctx: SeedContext, total: number, log: (line: string) => void = () => undefined): Promise<string[]> {
  const { pool } = ctx.db;
  await pool.query("SELECT ensure_partitions(now() - interval '5 weeks', 10)");
  const workflowIds: string[] = [];
  for (let i = 1; i <= workflowCount; i++)
    workflowIds.push(await ensurePublished(ctx, { name: `Orders ${i}`, from: { document }, inputs: [] }));
  const { rowCount } = await pool.query("SELECT FROM run WHERE workflow_id = ANY ($1::uuid[]) LIMIT 1", [workflowIds]);
  if (rowCount !== 0) return workflowIds;
  const documentIds = await documentsOf(ctx, workflowIds);
  for (let first = 1; first <= total; first += sliceSize) {
    const last = Math.min(total, first + sliceSize - 1);
    await pool.query(runsSlice.text, [ctx.workspaceId, workflowIds, documentIds, first, last, total]);
    log(`${last} of ${total} runs`);
  }
  await pool.query(letters.text, [ctx.workspaceId, workflowIds]);
  await pool.query("VACUUM (ANALYZE) run, step, event, dead_letter, issue");
  return workflowIds;
}

async function documentsOf(ctx: SeedContext, workflowIds: string[]): Promise<string[]> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `SELECT (SELECT v.document_id FROM workflow_version v WHERE v.workflow_id = w.id AND v.version = w.live_version) AS id
     FROM unnest($1::uuid[]) WITH ORDINALITY AS ids (id, place) JOIN workflow w ON w.id = ids.id ORDER BY ids.place`,
    [workflowIds],
  );
  return rows.map((row) => row.id);
}

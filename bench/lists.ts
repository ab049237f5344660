import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDb } from "#lib/db/db.ts";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import type { Context } from "#lib/services/context.ts";
import { listDeadLetters, listDeadLettersSchema } from "#lib/services/dead-letters/index.ts";
import { countIssues, getStorage, listIssues, listIssuesSchema } from "#lib/services/issues/index.ts";
import { planRedrive, planRedriveSchema } from "#lib/services/redrives/index.ts";
import { chartRuns, chartRunsSchema, listRuns, listRunsSchema } from "#lib/services/runs/index.ts";
import { seedRuns } from "../prisma/seed/million.ts";
import { openWorkspaceWith } from "../prisma/seed/workspace.ts";

export interface ListRow {
  what: string;
  /** The middle of five. */
  ms: number;
  limitMs: number;
  items: number;
}

const firstPageMs = 300;
const filterMs = 1_000;
/** Counts everything it would touch. */
const planMs = 3_000;
const times = 5;

/** Fills a database of its own and measures what each list of it takes, as its service answers it. */
export async function benchLists(runs: number, log: (line: string) => void): Promise<ListRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "sluice-lists-"));
  const database = await startEmbedded({ dataDir, log: () => undefined });
  try {
    await migrate({ url: database.url });
    const db = openDb({ url: database.url, applicationName: "bench", maxConnections: 4 });
    try {
      const ctx = await openWorkspaceWith(db, "http://localhost:3000", randomBytes(32));
      const startedAt = performance.now();
      const workflowIds = await seedRuns(ctx, runs, log);
      log(`seeded in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
      return await measureAll(ctx, workflowIds[0] ?? "", runs, log);
    } finally {
      await db.close();
    }
  } finally {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureAll(ctx: Context, workflowId: string, runs: number, log: (line: string) => void): Promise<ListRow[]> {
  const runList = (query: object) => async () => (await listRuns({ ctx, input: listRunsSchema.parse(query) })).items.length;
  const chart = (query: object) => async () => (await chartRuns({ ctx, input: chartRunsSchema.parse(query) })).total;
  const letters = (query: object) => async () => (await listDeadLetters({ ctx, input: listDeadLettersSchema.parse(query) })).items.length;
  const issues = (query: object) => async () => (await listIssues({ ctx, input: listIssuesSchema.parse(query) })).items.length;
  const middle = Math.floor(runs / 2);
  const day = new Date(Date.now() - 14 * 86_400_000).toISOString();
  const cases: [what: string, limitMs: number, ask: () => Promise<number>][] = [
    ["runs: first page", firstPageMs, runList({})],
    ["runs: failed", filterMs, runList({ status: "failed" })],
    ["runs: waiting (none)", filterMs, runList({ status: "waiting" })],
    ["runs: queued (none)", filterMs, runList({ status: "queued" })],
    ["runs: not ended (none)", filterMs, runList({ status: "queued,running,waiting" })],
    ["runs: of a workflow", filterMs, runList({ workflowId })],
    ["runs: of a workflow, first version", filterMs, runList({ workflowId, version: "1" })],
    ["runs: of a workflow, a version without runs (none)", filterMs, runList({ workflowId, version: "77" })],
    ["runs: a version without runs (none)", filterMs, runList({ version: "77" })],
    ["runs: tests (none)", filterMs, runList({ mode: "test" })],
    ["runs: ended after now (none)", filterMs, runList({ by: "ended", from: new Date().toISOString() })],
    ["runs: by trigger", filterMs, runList({ trigger: "webhook" })],
    ["runs: by trigger (none)", filterMs, runList({ trigger: "schedule" })],
    ["runs: until two weeks ago", filterMs, runList({ to: day })],
    ["runs: failed node", filterMs, runList({ node: "call" })],
    ["runs: failed node (none)", filterMs, runList({ node: "nowhere" })],
    ["runs: error text", filterMs, runList({ error: "rule 17" })],
    ["runs: error text (none)", filterMs, runList({ error: "no such words" })],
    ["runs: idempotency key", filterMs, runList({ key: `order-${middle}` })],
    ["runs: payload field, recent", filterMs, runList({ field: `body.order=${runs - 100}` })],
    ["runs: payload field, one stretch without it", filterMs, runList({ field: "body.order=-1" })],
    ["runs: text in any place", filterMs, runList({ q: "rule 17" })],
    ["runs: text in any place (none)", filterMs, runList({ q: "no such words" })],
    ["runs: no attempts beyond the hundredth (none)", filterMs, runList({ minAttempts: "100" })],
    ["runs: with a second attempt (none)", filterMs, runList({ minAttempts: "2" })],
    ["runs: longer than a day (none)", filterMs, runList({ minDurationMs: "86400000" })],
    ["runs: with a replay (none)", filterMs, runList({ replayed: "true" })],
    ["runs: chart of the newest", filterMs, chart({})],
    ["runs: chart of what failed", filterMs, chart({ status: "failed" })],
    ["dead letters: first page", firstPageMs, letters({})],
    ["dead letters: open", firstPageMs, letters({ status: "open" })],
    ["dead letters: of a workflow and node", filterMs, letters({ workflowId, nodeId: "call" })],
    ["dead letters: kind (none)", filterMs, letters({ kind: "unknown_outcome" })],
    ["dead letters: error text (none)", filterMs, letters({ q: "no such words" })],
    ["issues: first page", firstPageMs, issues({})],
    ["issues: by count", filterMs, issues({ sort: "count" })],
    ["issues: by text", filterMs, issues({ q: "rule 17" })],
    ["issues: counts of the tabs", firstPageMs, async () => (await countIssues({ ctx })).all],
    ["issues: what all takes on disk", firstPageMs, async () => (await getStorage({ ctx: { ...ctx, retentionDays: 30 } })).itemsBytes],
    [
      "redrive: plan of all that is open",
      planMs,
      async () => (await planRedrive({ ctx, input: planRedriveSchema.parse({ filter: {} }) })).total,
    ],
  ];
  const rows: ListRow[] = [];
  for (const [what, limitMs, ask] of cases) {
    const row = { what, limitMs, ...(await measure(ask)) };
    log(`${what}: ${row.ms.toFixed(0)} ms, ${row.items}`);
    rows.push(row);
  }
  return rows;
}

async function measure(ask: () => Promise<number>): Promise<{ ms: number; items: number }> {
  const taken: number[] = [];
  let items = 0;
  for (let i = 0; i < times; i++) {
    const startedAt = performance.now();
    items = await ask();
    taken.push(performance.now() - startedAt);
  }
  return { ms: taken.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0, items };
}

/** For people. */
export function toListTable(rows: ListRow[]): string {
  const line = (row: ListRow) =>
    `${row.ms <= row.limitMs ? " " : "!"} ${row.what.padEnd(46)}${row.ms.toFixed(0).padStart(7)} ms of ${row.limitMs}  ${row.items} items`;
  return rows.map(line).join("\n");
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { type Delivery, examplePush, githubDelivery } from "#e2e/fixtures/github.ts";
import { startEmbedded } from "#lib/db/embedded.ts";
import { readPostmaster } from "#lib/db/postmaster.ts";
import type { Effect } from "#lib/engine/testing/call.ts";
import { deployGuard } from "#lib/graph/templates/deploy-guard.ts";
import { policyDefaults } from "#lib/policies/defaults.ts";
import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import type { DeadLetterSummary } from "#lib/shared/inbox-types.ts";
import type { LedgerView } from "#lib/shared/sandbox-types.ts";
import { type Instance, publishWorkflow, startInstance } from "./instance.ts";
import { commandLineOf, processTree } from "./processes.ts";
import { findViolations } from "./proof/checker.ts";

/*
 * The promise, under fire: 500 signed GitHub pushes while both workers are killed with kill -9 ten times each and
 * PostgreSQL once. Whatever was acknowledged ends in exactly one run, and no effect is applied twice.
 */

const events = 500;
const workers = 2;
const killsPerWorker = 10;
const progressFloor = 0.9;
const secret = "it is a secret to everybody";

test("500 events while each worker is killed ten times and PostgreSQL once: nothing lost, nothing doubled, nothing stuck", async () => {
  const startedAt = performance.now();
  const instance = await startInstance({ SLUICE_WORKERS: String(workers) });
  try {
    const { workflowId, hookUrl } = await publishGuard(instance);
    const push = examplePush();
    const deliveries = Array.from({ length: events }, (_, index) =>
      githubDelivery({ ...push, after: index.toString(16).padStart(40, "0") }, secret),
    );
    const { sent, killed } = await sendUnderFire(instance, hookUrl, deliveries);
    const recoveredFrom = performance.now();
    const runs = await untilAllEnded(instance, workflowId);
    const recoveryMs = performance.now() - recoveredFrom;
    const deployments = await ledgerOf(instance, "deploy-target");
    const messages = await ledgerOf(instance, "notify-target");
    const statuses = Object.groupBy(runs, (run) => run.status);
    console.log(
      [
        `${events} events, ${sent.tries} deliveries until all were acknowledged, ${sent.duplicates} of them answered as duplicates`,
        `${killed.workers} kills of workers, ${killed.databases} of PostgreSQL, in ${((recoveredFrom - startedAt) / 1000).toFixed(1)} s; all ended ${(recoveryMs / 1000).toFixed(1)} s later`,
        `runs: ${runs.length} (${Object.entries(statuses)
          .map(([status, list]) => `${list?.length} ${status}`)
          .join(", ")}), ${runs.filter((run) => run.retried).length} of them retried`,
        ...failuresOf(runs),
        `deployments: ${deployments.applied} applied under ${deployments.keys.length} keys; messages: ${messages.applied} under ${messages.keys.length} keys`,
      ].join("\n"),
    );
    expect(killed).toEqual({ workers: workers * killsPerWorker, databases: 1 });
    expect(new Set(runs.map((run) => run.id))).toEqual(new Set(sent.runIds));
    expect(runs).toHaveLength(events);
    // Every run has ended; what did not succeed waits in the inbox for a person, so nothing is lost.
    const failed = runs.filter((run) => run.status !== "succeeded").map((run) => run.id);
    const letters = await allPages<DeadLetterSummary>(instance, "/dead-letters?status=open&limit=100");
    expect(new Set(letters.map((letter) => letter.runId))).toEqual(new Set(failed));
    for (const ledger of [deployments, messages]) expect(ledger.keys.filter((key) => key.count !== 1)).toEqual([]);
    const effects = [deployments, messages].flatMap(effectsOf);
    expect(await violations(instance, { workflowId, acknowledged: sent.runIds, effects })).toEqual([]);
    // A person is the exception: nearly all get through the fire by themselves.
    expect(runs.length - failed.length).toBeGreaterThanOrEqual(events * progressFloor);
  } finally {
    await instance.stop();
  }
});

async function publishGuard(instance: Instance) {
  // Both keep a ledger by key; the slow one takes its time to apply, so that kills meet calls under way.
  await instance.api("PUT", "/sandbox-targets/deploy-target", { kind: "slow", delayMs: 150 });
  await instance.api("PUT", "/sandbox-targets/notify-target", { kind: "recorder" });
  const connection = await instance.api<{ id: string }>("POST", "/connections", { name: "GitHub", kind: "secret", secrets: { secret } });
  const text = JSON.stringify(deployGuard.document).replace('"secretConnectionId":null', `"secretConnectionId":"${connection.id}"`);
  return publishWorkflow(instance, "Deploy guard", JSON.parse(text));
}

/** Why runs failed, one line a reason. */
function failuresOf(runs: RunSummary[]): string[] {
  const reasons = Object.groupBy(
    runs.flatMap((run) => (run.error === null ? [] : [run.error])),
    (error) => `${error.nodeId}: ${error.class} ${error.code}, ${error.message}`,
  );
  return Object.entries(reasons).map(([reason, list]) => `failed ${list?.length} times at ${reason}`);
}

interface Sent {
  runIds: string[];
  tries: number;
  duplicates: number;
}

/** Before each kill a wave of deliveries goes out, so that every kill meets work in all its stages. */
async function sendUnderFire(instance: Instance, hookUrl: string, deliveries: Delivery[]) {
  const sent: Sent = { runIds: [], tries: 0, duplicates: 0 };
  const killed = { workers: 0, databases: 0 };
  const waveSize = events / (workers * killsPerWorker);
  const sending: Promise<void>[] = [];
  while (killed.workers < workers * killsPerWorker) {
    const running = await untilWorkersRun(instance);
    const wave = deliveries.slice(killed.workers * waveSize, (killed.workers + 1) * waveSize);
    sending.push(...wave.map((delivery) => send(hookUrl, delivery, sent)));
    await sleep(Math.random() * 400);
    if (killed.workers === (workers * killsPerWorker) / 2 && killed.databases === 0) {
      process.kill(await postmasterPid(instance), "SIGKILL");
      killed.databases += 1;
    }
    await killAndSee(running[killed.workers % workers] ?? 0);
    killed.workers += 1;
  }
  await Promise.all(sending);
  return { sent, killed };
}

/** Sends like a careful sender: until it is acknowledged, under the same id every time. */
async function send(hookUrl: string, delivery: Delivery, sent: Sent): Promise<void> {
  for (;;) {
    sent.tries += 1;
    const answer = await fetch(hookUrl, { method: "POST", headers: delivery.headers, body: delivery.body }).catch(() => null);
    if (answer?.ok) {
      const body = (await answer.json()) as { runId: string; duplicate?: boolean };
      if (body.duplicate) sent.duplicates += 1;
      sent.runIds.push(body.runId);
      return;
    }
    await sleep(200);
  }
}

/** Until it is gone: a dying worker must not count as running, or both would be killed at once and a step lose three in a row. */
async function killAndSee(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  while (commandLineOf(pid) !== "") await sleep(10);
}

async function untilWorkersRun(instance: Instance): Promise<number[]> {
  for (;;) {
    const running = workerPids(instance);
    if (running.length === workers) return running;
    await sleep(50);
  }
}

function workerPids(instance: Instance): number[] {
  return processTree(instance.pid).filter((pid) => /bin\/worker\.ts/.test(commandLineOf(pid)));
}

async function postmasterPid(instance: Instance): Promise<number> {
  const elsewhere = await readFile(join(instance.dataDir, "postgres", "elsewhere"), "utf8").catch(() => null);
  const postmaster = await readPostmaster(join(elsewhere?.trim() ?? join(instance.dataDir, "postgres", "own"), "cluster"));
  if (!postmaster) throw new Error("the embedded PostgreSQL is not running");
  return postmaster.pid;
}

async function untilAllEnded(instance: Instance, workflowId: string): Promise<RunSummary[]> {
  const deadline = performance.now() + 90_000;
  for (;;) {
    const runs = await allPages<RunSummary>(instance, `/runs?workflowId=${workflowId}&limit=100`).catch(() => []);
    const open = runs.filter((run) => !["succeeded", "failed", "canceled"].includes(run.status));
    if (runs.length >= events && open.length === 0) return runs;
    if (performance.now() > deadline)
      throw new Error(`${runs.length} runs, of which ${open.length} have not ended: ${JSON.stringify(open.slice(0, 3))}`);
    await sleep(500);
  }
}

async function ledgerOf(instance: Instance, target: string) {
  const ledger = await instance.api<LedgerView>("GET", `/sandbox-targets/${target}/ledger?limit=100`);
  const keys = [...ledger.keys];
  for (let cursor = ledger.nextCursor; cursor !== null; ) {
    const page = await instance.api<LedgerView>("GET", `/sandbox-targets/${target}/ledger?limit=100&cursor=${encodeURIComponent(cursor)}`);
    keys.push(...page.keys);
    cursor = page.nextCursor;
  }
  return { target, applied: ledger.applied, keys };
}

/** Each time the target did something, as the checker counts it. */
function effectsOf({ target, keys }: Awaited<ReturnType<typeof ledgerOf>>): Effect[] {
  return keys.flatMap(({ idempotencyKey: key, count }) =>
    Array.from({ length: count }, () => ({ path: target, identity: key ?? "no key", key, atMs: 0, body: null })),
  );
}

/** What the checker of the proofs finds in the instance's own database. */
async function violations(instance: Instance, a: { workflowId: string; acknowledged: string[]; effects: Effect[] }): Promise<string[]> {
  const { url } = await startEmbedded({ dataDir: instance.dataDir }); // adopts the one that runs
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    const { rows } = await pool.query<{ workspace_id: string }>("SELECT workspace_id FROM workflow WHERE id = $1", [a.workflowId]);
    return await findViolations({
      pool,
      workspaceId: rows[0]?.workspace_id ?? "",
      acknowledged: a.acknowledged,
      receipts: [],
      effects: a.effects,
      limits: [],
      leaseMs: policyDefaults.timeoutMs + 15_000,
      progressFloor,
      drained: true,
    });
  } finally {
    await pool.end();
  }
}

async function allPages<T>(instance: Instance, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await instance.api<Page<T>>("GET", cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

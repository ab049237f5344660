import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbedded } from "#lib/db/embedded.ts";
import { type Instance, publishWorkflow, startInstance } from "./instance.ts";
import { load } from "./load.ts";
import { usageOf } from "./usage.ts";
import { w1Document } from "./w1.ts";

export interface BenchRow {
  what: string;
  connections: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
  cpuMsPerRun: number;
  memoryMb: number;
  /** Runs that were finished and recorded a second, for those that answer first. */
  completedPerSecond: number | null;
}

export interface BenchOptions {
  seconds: number;
  connections: number[];
  log: (line: string) => void;
}

/** Runs W1 through an instance of its own and through bare Node, on loopback, bounded in time. */
export async function runBench(options: BenchOptions): Promise<{ rows: BenchRow[]; table: string }> {
  const mock = await forkServer("mock.ts", {});
  const rows: BenchRow[] = [];
  try {
    rows.push(...(await benchBaseline(mock.port, options)));
    rows.push(...(await benchInstance(mock.port, options)));
  } finally {
    mock.child.disconnect();
  }
  return { rows, table: toTable(rows) };
}

async function benchBaseline(mockPort: number, options: BenchOptions): Promise<BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const database = await startEmbedded({ dataDir, log: () => undefined });
  const server = await forkServer("baseline.ts", { MOCK_URL: `http://127.0.0.1:${mockPort}`, DATABASE_URL: database.url });
  const rows: BenchRow[] = [];
  try {
    for (const path of ["/call", "/batched", "/accept"]) {
      rows.push(
        ...(await measure(`bare node ${path}`, `http://127.0.0.1:${server.port}${path}`, [server.child.pid ?? 0, database.pid], options)),
      );
    }
  } finally {
    server.child.disconnect();
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  return rows;
}

async function benchInstance(mockPort: number, options: BenchOptions): Promise<BenchRow[]> {
  const instance = await startInstance({ SLUICE_EGRESS_ALLOW: `127.0.0.1:${mockPort}` });
  const rows: BenchRow[] = [];
  try {
    const mockUrl = `http://127.0.0.1:${mockPort}`;
    const sync = await publishWorkflow(instance, "W1 sync", w1Document(mockUrl, "wait"));
    rows.push(...(await measure("Sluice W1-sync", sync.hookUrl, [instance.pid], options)));
    const async = await publishWorkflow(instance, "W1 async", w1Document(mockUrl, "ack"));
    for (const connections of options.connections) rows.push(await measureAsync(instance, async.hookUrl, mockUrl, connections, options));
  } finally {
    await instance.stop();
  }
  return rows;
}

async function measure(what: string, url: string, pids: number[], options: BenchOptions): Promise<BenchRow[]> {
  await load(url, { connections: 16, seconds: 4, prefix: `warm-${Date.now()}` });
  const rows: BenchRow[] = [];
  for (const connections of options.connections) {
    const before = total(pids);
    const result = await load(url, { connections, seconds: options.seconds, prefix: `${Date.now()}` });
    const after = total(pids);
    rows.push({
      what,
      connections,
      ...result,
      cpuMsPerRun: (after.cpuMs - before.cpuMs) / result.requests,
      memoryMb: after.rssMb,
      completedPerSecond: null,
    });
    options.log(
      `${what} c=${connections}: ${result.perSecond.toFixed(0)}/s, p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms`,
    );
  }
  return rows;
}

/** Acknowledged first: how fast it is accepted, and how fast all that was accepted is done, as the remote saw it. */
async function measureAsync(
  instance: Instance,
  url: string,
  mockUrl: string,
  connections: number,
  options: BenchOptions,
): Promise<BenchRow> {
  await fetch(`${mockUrl}/reset`, { method: "POST" });
  const before = usageOf(instance.pid);
  const startedAt = performance.now();
  const result = await load(url, { connections, seconds: options.seconds, prefix: `${Date.now()}` });
  let done = 0;
  while (done < result.requests && performance.now() - startedAt < 300_000) {
    await sleep(50);
    done = ((await (await fetch(`${mockUrl}/stats`)).json()) as { distinct: number }).distinct;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = usageOf(instance.pid);
  options.log(`W1-async c=${connections}: accepts ${result.perSecond.toFixed(0)}/s, completes ${(done / seconds).toFixed(0)}/s`);
  return {
    what: "Sluice W1-async",
    connections,
    ...result,
    failed: result.failed + (result.requests - done),
    cpuMsPerRun: (after.cpuMs - before.cpuMs) / result.requests,
    memoryMb: after.rssMb,
    completedPerSecond: done / seconds,
  };
}

function total(pids: number[]) {
  const parts = pids.map(usageOf);
  return { cpuMs: parts.reduce((sum, part) => sum + part.cpuMs, 0), rssMb: parts.reduce((sum, part) => sum + part.rssMb, 0) };
}

async function forkServer(file: string, env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, file), { env: { ...process.env, ...env } });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { port: number }).port)); // safe because the file sends just that
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, port };
}

function toTable(rows: BenchRow[]): string {
  const header =
    "| what | connections | runs/s | p50 ms | p99 ms | completed/s | CPU ms/run | memory MB | failed |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";
  const lines = rows.map((row) => {
    const cells = [
      row.what,
      row.connections,
      row.perSecond.toFixed(0),
      row.p50Ms.toFixed(1),
      row.p99Ms.toFixed(1),
      row.completedPerSecond?.toFixed(0) ?? "–",
      row.cpuMsPerRun.toFixed(2),
      row.memoryMb.toFixed(0),
      row.failed,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [header, ...lines].join("\n");
}

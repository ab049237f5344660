import { Pool } from "undici";

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
}

/** A closed loop of `connections` callers for a time: each sends its next request when the last is answered. */
export async function load(url: string, options: { connections: number; seconds: number; prefix: string }): Promise<LoadResult> {
  const target = new URL(url);
  const pool = new Pool(target.origin, { connections: options.connections, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1_000;
  const caller = async () => {
    while (performance.now() < endsAt) {
      const before = performance.now();
      const answer = await pool.request({
        path: target.pathname,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: order(`${options.prefix}-${sent++}`),
      });
      await answer.body.dump();
      if (answer.statusCode >= 300) failed += 1;
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    failed,
  };
}

/** The body of workload W1. */
export function order(id: string): string {
  return JSON.stringify({ id, email: "A@Example.com", date: "03/14/2026", amount: 12.5, items: [{ sku: "a", qty: 1 }] });
}

function quantile(sorted: number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

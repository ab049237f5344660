import { ApiFailure, api, messageOf, type Query } from "#components/api/client.ts";
import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import type { RunChart } from "#lib/shared/run-chart.ts";
import { isFinalRun, type RunStatus } from "#lib/shared/statuses.ts";

export type BulkAction = "replay" | "cancel";

/** What is chosen: some rows, or all that a query finds. The query's end is fixed, so that nothing new joins. */
export type BulkTarget = { kind: "rows"; rows: readonly RunSummary[] } | { kind: "query"; query: Query };

/** More are not done from one page: it has to stay open. */
export const maxBulk = 5_000;
const sideBySide = 4;
const pageSize = 200;
const shortestPauseMs = 500;

/** Only what has ended is replayed, and only what has not can be canceled. */
export function isEligible(action: BulkAction, status: RunStatus): boolean {
  return action === "cancel" ? !isFinalRun(status) : isFinalRun(status);
}

export function countEligible(action: BulkAction, totals: RunChart["totals"]): number {
  return totals.filter(({ status }) => isEligible(action, status)).reduce((sum, { count }) => sum + count, 0);
}

export function totalsOf(rows: readonly RunSummary[]): RunChart["totals"] {
  const totals = new Map<RunStatus, number>();
  for (const { status } of rows) totals.set(status, (totals.get(status) ?? 0) + 1);
  return [...totals].map(([status, count]) => ({ status, count }));
}

export interface BulkProgress {
  total: number;
  done: number;
  refused: string[];
  running: boolean;
}

async function idsOf(action: BulkAction, target: BulkTarget, signal: AbortSignal): Promise<string[]> {
  if (target.kind === "rows") return target.rows.filter((run) => isEligible(action, run.status)).map((run) => run.id);
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<RunSummary> = await api.get<Page<RunSummary>>("/runs", {
      signal,
      query: { ...target.query, cursor, limit: pageSize },
    });
    ids.push(...page.items.filter((run) => isEligible(action, run.status)).map((run) => run.id));
    cursor = page.nextCursor;
  } while (cursor !== null && ids.length < maxBulk);
  return ids.slice(0, maxBulk);
}

/** One request; when we ask too fast it waits as long as the server says. */
async function act(action: BulkAction, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await api.post(`/runs/${id}/${action}`, {}, { signal });
      return;
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.code !== "rate_limited") throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.max(shortestPauseMs, error.retryAfterMs ?? 0)));
      signal.throwIfAborted();
    }
  }
}

/** Does it run by run, a few at a time, until all are done or `signal` stops it. What was begun stays done. */
export async function runBulk(
  action: BulkAction,
  target: BulkTarget,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: BulkProgress) => void },
): Promise<void> {
  const waiting = await idsOf(action, target, signal);
  const progress: BulkProgress = { total: waiting.length, done: 0, refused: [], running: true };
  const tell = () => onProgress({ ...progress, refused: [...progress.refused] });
  tell();
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      try {
        await act(action, id, signal);
        progress.done += 1;
      } catch (error) {
        if (signal.aborted) return;
        progress.refused.push(messageOf(error));
      }
      tell();
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  progress.running = false;
  tell();
}

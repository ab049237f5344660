import type { RunChart } from "#lib/shared/run-chart.ts";
import { type RunStatus, runStatuses } from "#lib/shared/statuses.ts";

/** One bar: a stretch of time and what became of the runs received in it. */
export interface Bar {
  fromMs: number;
  toMs: number;
  total: number;
  counts: { status: RunStatus; count: number }[];
}

/** All stretches of the chart, those without runs too, so that time goes on evenly. */
export function barsOf(chart: RunChart): Bar[] {
  const from = Date.parse(chart.from);
  const count = Math.max(1, Math.min(120, Math.ceil((Date.parse(chart.to) - from) / chart.bucketMs)));
  const bars: Bar[] = Array.from({ length: count }, (_, index) => ({
    fromMs: from + index * chart.bucketMs,
    toMs: from + (index + 1) * chart.bucketMs,
    total: 0,
    counts: [],
  }));
  for (const { at, status, count: n } of chart.buckets) {
    const bar = bars[Math.min(count - 1, Math.max(0, Math.floor((Date.parse(at) - from) / chart.bucketMs)))];
    if (!bar) continue;
    bar.total += n;
    bar.counts.push({ status, count: n });
  }
  for (const bar of bars) bar.counts.sort((a, b) => runStatuses.indexOf(a.status) - runStatuses.indexOf(b.status));
  return bars;
}

/** The range that a drag over bars covers, in whichever direction it went. */
export function rangeOf(bars: readonly Bar[], a: number, b: number): { from: string; to: string } | null {
  const first = bars[Math.min(a, b)];
  const last = bars[Math.max(a, b)];
  return first && last ? { from: new Date(first.fromMs).toISOString(), to: new Date(last.toMs).toISOString() } : null;
}

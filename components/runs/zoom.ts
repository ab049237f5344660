import type { Span, TimeScale } from "./time-scale.ts";

const steps = 40;

/** The moment drawn at a share of the width: the reverse of `place`, which never goes back. */
export function timeAt(scale: TimeScale, whole: Span, share: number): number {
  let [low, high] = [whole.from, whole.to];
  for (let step = 0; step < steps; step += 1) {
    const middle = (low + high) / 2;
    if (scale.place(middle) < share) low = middle;
    else high = middle;
  }
  return Math.round(high);
}

/** A stretch of a run in its address: ms from its start. */
export function writeZoom(span: Span, startMs: number): string {
  return `${Math.max(0, Math.floor(span.from - startMs))}-${Math.ceil(span.to - startMs)}`;
}

/** Null: the whole run, or not readable. */
export function readZoom(text: string | null, startMs: number): Span | null {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  if (from === undefined || to === undefined || Number(to) <= Number(from)) return null;
  return { from: startMs + Number(from), to: startMs + Number(to) };
}

/** What of a span lies inside of another; null: nothing. */
export function within<T extends Span>(span: T, window: Span): T | null {
  const from = Math.max(span.from, window.from);
  const to = Math.min(span.to, window.to);
  return to < from ? null : { ...span, from, to };
}

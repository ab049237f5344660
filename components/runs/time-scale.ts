/** A stretch of time, ms. */
export interface Span {
  from: number;
  to: number;
}

/** An idle stretch drawn shorter than it was. */
export interface HiddenGap extends Span {
  /** Where it is drawn, as a share of the width. */
  at: number;
  width: number;
}

export interface TimeScale {
  /** Share of the width, 0 to 1. */
  place: (ms: number) => number;
  gaps: HiddenGap[];
  ticks: { at: number; offsetMs: number }[];
}

const gapWidth = 0.06;
const shortestGapMs = 2_000;
/** An idle stretch is folded when it is this many times as long as everything that happened. */
const gapFactor = 1.5;
const wantedTicks = 5;
/** Room for the words of a tick, which start at it. */
const labelWidth = 0.14;

/** The spans as few as possible, in order. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

function idleStretches(busy: readonly Span[], whole: Span): Span[] {
  const idle: Span[] = [];
  let at = whole.from;
  for (const span of busy) {
    if (span.from > at) idle.push({ from: at, to: span.from });
    at = Math.max(at, span.to);
  }
  if (whole.to > at) idle.push({ from: at, to: whole.to });
  return idle;
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= ms) ?? 10;
  return factor * power;
}

/** Maps the time of a run to a width. Long idle stretches (a wait of two hours between two attempts) are folded. */
export function makeTimeScale(whole: Span, busySpans: readonly Span[]): TimeScale {
  const busy = merge(busySpans);
  const busyMs = busy.reduce((sum, span) => sum + span.to - span.from, 0);
  const folded = idleStretches(busy, whole).filter((idle) => idle.to - idle.from > Math.max(shortestGapMs, gapFactor * busyMs));
  const foldedMs = folded.reduce((sum, span) => sum + span.to - span.from, 0);
  const drawnMs = Math.max(1, whole.to - whole.from - foldedMs);
  const perMs = (1 - folded.length * gapWidth) / drawnMs;

  const place = (ms: number) => {
    let at = 0;
    let from = whole.from;
    for (const gap of folded) {
      if (ms <= gap.from) break;
      at += (gap.from - from) * perMs;
      at += gapWidth * Math.min(1, (ms - gap.from) / (gap.to - gap.from));
      from = gap.to;
      if (ms < gap.to) return at;
    }
    return Math.min(1, Math.max(0, at + (ms - from) * perMs));
  };
  const inGap = (ms: number) => folded.some((gap) => ms > gap.from && ms < gap.to);
  const step = roundStep(drawnMs / wantedTicks);
  const stretches = idleStretches(folded, whole);
  const ticks = stretches.flatMap((stretch) => {
    const first = Math.ceil((stretch.from - whole.from) / step) * step;
    const count = Math.max(0, Math.floor((stretch.to - whole.from - first) / step) + 1);
    return Array.from({ length: Math.min(count, wantedTicks * 2) }, (_, index) => first + index * step);
  });
  const gaps = folded.map((gap) => ({ ...gap, at: place(gap.from), width: gapWidth }));
  return {
    place,
    gaps,
    ticks: ticks
      .filter((offsetMs) => !inGap(whole.from + offsetMs))
      .map((offsetMs) => ({ at: place(whole.from + offsetMs), offsetMs }))
      .filter(({ at }) => gaps.every((gap) => at + labelWidth < gap.at || at > gap.at + gap.width)),
  };
}

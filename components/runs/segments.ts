import { attemptLooks, lookOfStep, runLooks, type StatusLook } from "#components/ui/status.ts";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";
import type { Span } from "./time-scale.ts";

export type SegmentKind = "queue" | "work" | "attempt-good" | "attempt-bad" | "attempt-open" | "backoff" | "throttle" | "wait";

/** One stretch of a step's bar. */
export interface Segment extends Span {
  kind: SegmentKind;
  look: StatusLook;
  label: string;
}

const ms = (iso: string) => Date.parse(iso);

/** When a step began to exist and when it ended; `nowMs` while it has not. */
function spanOfStep(step: StepSummary, nowMs: number): Span {
  const from = ms(step.createdAt);
  return { from, to: step.finishedAt ? ms(step.finishedAt) : isFinalStep(step.status) ? from : Math.max(from, nowMs) };
}

const turn = { kind: "queue", look: runLooks.queued, label: "Waited for its turn" } as const;
const gap = { kind: "backoff", look: runLooks.waiting, label: "Waited before the next attempt" } as const;
const underLimit = { kind: "throttle", look: runLooks.waiting, label: "Waited under a limit" } as const;

/** A wait that is not over looks as it will when it is. */
function waitKind(step: StepSummary): SegmentKind {
  // A remote that turned the call away asks for a pause, as the back-off of a retry is one.
  if (step.waitReason === "retry" || (step.waitReason === "throttle" && step.error?.class === "throttled")) return "backoff";
  return step.waitReason === "throttle" ? "throttle" : "wait";
}

function attemptSegments(step: StepSummary, end: number): Segment[] {
  const segments: Segment[] = [];
  let before = ms(step.createdAt);
  for (const attempt of step.attemptSummaries) {
    const from = ms(attempt.startedAt);
    const to = attempt.endedAt ? ms(attempt.endedAt) : end;
    // Before it asked for its place under a limit it waited for something else.
    const asked = attempt.askedAt === null ? from : Math.min(from, Math.max(before, ms(attempt.askedAt)));
    if (asked > before) segments.push({ ...(attempt.no === 1 ? turn : gap), from: before, to: asked });
    if (from > asked) segments.push({ ...underLimit, from: asked, to: from });
    const good = attempt.state === "succeeded";
    const kind = good ? "attempt-good" : attempt.endedAt ? "attempt-bad" : "attempt-open";
    const status = attempt.httpStatus === null ? (attempt.class ?? attempt.state) : String(attempt.httpStatus);
    segments.push({ kind, from, to, look: attemptLooks[attempt.state], label: `Attempt ${attempt.no}: ${status}` });
    before = to;
  }
  if (step.status === "waiting" && end > before)
    segments.push({
      kind: waitKind(step),
      from: before,
      to: end,
      look: lookOfStep(step),
      label: lookOfStep(step).label,
    });
  return segments;
}

/** The bar of a step: waiting for its turn, each attempt, the gaps between them, what it waits for now. `nowMs`: or the end of the run. */
export function segmentsOf(step: StepSummary, nowMs: number): Segment[] {
  const whole = spanOfStep(step, nowMs);
  if (step.attemptSummaries.length > 0) return attemptSegments(step, whole.to);
  const look = lookOfStep(step);
  if (step.status === "waiting") return [{ kind: waitKind(step), ...whole, look, label: look.label }];
  if (!step.startedAt)
    return step.status === "pending" && whole.to > whole.from ? [{ kind: "queue", ...whole, look, label: look.label }] : [];
  const started = ms(step.startedAt);
  const queue: Segment[] =
    started > whole.from ? [{ kind: "queue", from: whole.from, to: started, look: runLooks.queued, label: "Waited for its turn" }] : [];
  return [...queue, { kind: "work", from: started, to: whole.to, look, label: look.label }];
}

/** What counts as activity on the time axis; waiting does not. */
export function isBusy(segment: Segment): boolean {
  return segment.kind === "work" || segment.kind.startsWith("attempt");
}

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

/** What a bar tells by its look: the kinds, but for work, which looks as it came out, and failures that nothing followed. */
export type Meaning = Exclude<SegmentKind, "work"> | "failure" | "dead";

/** Null: the look is that of a status, which its row tells in words. */
export function meaningOf(segment: Segment, step: StepSummary): Meaning | null {
  const failure = step.deadLettered ? "dead" : "failure";
  if (segment.kind === "work") {
    if (step.status === "failed") return failure;
    if (step.status === "running") return "attempt-open";
    return step.status === "succeeded" ? "attempt-good" : null;
  }
  // The last attempt of a step that failed for good is its failure, not one of its retries.
  const last = step.attemptSummaries.at(-1);
  const isLast = last !== undefined && ms(last.startedAt) === segment.from;
  return segment.kind === "attempt-bad" && step.status === "failed" && isLast ? failure : segment.kind;
}

/** What the bars of a run tell, so that its legend can explain that and nothing else. */
export function meaningsOf(steps: readonly StepSummary[], segments: ReadonlyMap<string, readonly Segment[]>): Set<Meaning> {
  const found = steps.flatMap((step) => (segments.get(step.id) ?? []).map((segment) => meaningOf(segment, step)));
  return new Set(found.filter((meaning) => meaning !== null));
}

/** What counts as activity on the time axis; waiting does not. */
export function isBusy(segment: Segment): boolean {
  return segment.kind === "work" || segment.kind.startsWith("attempt");
}

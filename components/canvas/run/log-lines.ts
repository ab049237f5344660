import { formatDuration } from "#components/ui/format.ts";
import { lookOfStep } from "#components/ui/status.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";

/** One thing that happened in a run. */
export interface LogLine {
  /** The same at every look at the run. */
  key: string;
  atMs: number;
  /** Null: of the run as a whole. */
  nodeId: string | null;
  name: string;
  text: string;
  tone: "plain" | "good" | "bad" | "wait";
}

/** What happened in a run so far, as it happened. All of it is read off the run, so nothing is missed between two looks. */
export function logLines(run: RunView): LogLine[] {
  const ofRun = (key: string, at: string | null, text: string, tone: LogLine["tone"] = "plain"): LogLine[] =>
    at === null ? [] : [{ key, atMs: Date.parse(at), nodeId: null, name: "Run", text, tone }];
  const ended = run.error === null ? run.status : `${run.status}: ${run.error.message}`;
  const lines = [
    ...ofRun("run start", run.startedAt, "started"),
    ...run.steps.flatMap(linesOfStep),
    ...ofRun("run end", run.finishedAt, ended, run.status === "succeeded" ? "good" : "bad"),
  ];
  // Sorting keeps the order of what bears one time: the run's start first, its end last.
  return lines.toSorted((a, b) => a.atMs - b.atMs);
}

function linesOfStep(step: StepSummary): LogLine[] {
  const place = describeIteration(step.iteration);
  const name = place === "" ? step.name : `${step.name} (${place})`;
  const line = (key: string, at: string | null, text: string, tone: LogLine["tone"] = "plain"): LogLine[] =>
    at === null ? [] : [{ key: `${step.id} ${key}`, atMs: Date.parse(at), nodeId: step.nodeId, name, text, tone }];
  const attempts = step.attemptSummaries.flatMap((attempt) => {
    const why = [attempt.httpStatus, attempt.class].filter((part) => part !== null).join(", ");
    const failed = attempt.state === "failed" || attempt.state === "lost";
    return [
      ...line(`attempt ${attempt.no}`, attempt.startedAt, `attempt ${attempt.no}`),
      ...(failed
        ? line(`end ${attempt.no}`, attempt.endedAt, `attempt ${attempt.no} ${attempt.state}${why === "" ? "" : ` (${why})`}`, "bad")
        : []),
    ];
  });
  const lastAt = step.attemptSummaries.at(-1)?.endedAt ?? step.startedAt;
  const waiting = step.status === "waiting" ? line(`wait ${step.attempts}`, lastAt, lookOfStep(step).label.toLowerCase(), "wait") : [];
  return [...line("start", step.startedAt, "started"), ...attempts, ...waiting, ...endOf(step, line)];
}

function endOf(step: StepSummary, line: (key: string, at: string | null, text: string, tone: LogLine["tone"]) => LogLine[]): LogLine[] {
  if (!isFinalStep(step.status) || step.status === "skipped") return [];
  const took = step.durationMs === null ? "" : ` in ${formatDuration(step.durationMs)}`;
  const text = step.error === null ? `${lookOfStep(step).label.toLowerCase()}${took}` : `failed${took}: ${step.error.message}`;
  return line("end", step.finishedAt, text, step.status === "failed" ? "bad" : "good");
}

/** Which of `count` lines a key goes to from the one at `index`; null: it goes to none. */
export function lineMove(key: string, index: number, count: number): number | null {
  const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: count - 1 }[key];
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to));
}

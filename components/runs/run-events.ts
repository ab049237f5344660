import { attemptLooks, lookOfRun, lookOfStep, type StatusLook } from "#components/ui/status.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";

/** Something that happened in a run. */
export interface RunEvent {
  at: string;
  what: string;
  stepId: string | null;
  step: string | null;
  look: StatusLook | null;
}

/** Everything that is known to have happened, in order. */
export function eventsOf(run: RunView): RunEvent[] {
  const own = (at: string | null | undefined, what: string, look: StatusLook | null = null): RunEvent[] =>
    at ? [{ at, what, stepId: null, step: null, look }] : [];
  const events = [
    ...own(run.event?.receivedAt ?? run.createdAt, "Event received and stored"),
    ...own(run.startedAt, "Run started"),
    ...run.steps.flatMap((step) => stepEvents(step)),
    ...own(run.finishedAt, `Run ended: ${lookOfRun(run).label.toLowerCase()}`, lookOfRun(run)),
    ...run.moves.flatMap((move) =>
      own(move.at, `Moved from ${versionName(move.fromVersion)} to ${versionName(move.toVersion)} by ${move.by}`),
    ),
    ...run.replays.flatMap((replay) => own(replay.createdAt, "Replayed")),
  ];
  return events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

const versionName = (version: number | null) => (version === null ? "the draft" : `v${version}`);

function stepEvents(step: RunView["steps"][number]): RunEvent[] {
  const name = step.iteration === "" ? step.name : `${step.name}, ${describeIteration(step.iteration)}`;
  const of = (at: string | null, what: string, look: StatusLook | null = null): RunEvent[] =>
    at ? [{ at, what, stepId: step.id, step: name, look }] : [];
  return [
    ...of(step.startedAt, "Step started"),
    ...step.attemptSummaries.flatMap((attempt) => {
      const outcome = [attempt.httpStatus, attempt.class?.replace("_", " ")].filter((part) => part !== null && part !== undefined);
      return [
        ...of(attempt.startedAt, `Attempt ${attempt.no} started`),
        ...of(
          attempt.endedAt,
          `Attempt ${attempt.no} ${attemptLooks[attempt.state].label.toLowerCase()}${outcome.length > 0 ? `: ${outcome.join(", ")}` : ""}`,
          attemptLooks[attempt.state],
        ),
      ];
    }),
    ...of(step.finishedAt, lookOfStep(step).label, lookOfStep(step)),
  ];
}

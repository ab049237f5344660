import { type EvaluatorJob, type EvaluatorMessage, performJob } from "#lib/runtime/evaluator-job.ts";

/*
 * A process that only works out expressions: no secrets, no environment, no database, little memory. It is killed when
 * a job takes too long, which no thread or timer of its own could be trusted to do.
 */

function tell(message: EvaluatorMessage): void {
  process.send?.(message);
}

process.on("message", (job: EvaluatorJob) => {
  // The clock starts when the job has arrived: sending ten megabytes takes its own time.
  process.send?.({ kind: "started" } satisfies EvaluatorMessage, () => {
    void performJob(job).then((reply) => tell({ kind: "done", reply }));
  });
});
process.on("disconnect", () => process.exit(0));
tell({ kind: "ready" });

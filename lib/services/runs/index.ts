export { cancelRun } from "./cancel-run.ts";
export { getRun } from "./get-run.ts";
export { getStep } from "./get-step.ts";
export { listRuns } from "./list-runs.ts";
export { listSteps } from "./list-steps.ts";
export { planReplay } from "./plan-replay.ts";
export { replayRun } from "./replay-run.ts";
export * from "./schemas.ts";
export { startRun } from "./start-run.ts";

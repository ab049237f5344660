export { changeRunBatch } from "./change-run-batch.ts";
export { createRunBatch } from "./create-run-batch.ts";
export { getRunBatch } from "./get-run-batch.ts";
export { listRunBatches } from "./list-run-batches.ts";
export { planRunBatch } from "./plan-run-batch.ts";
export * from "./schemas.ts";

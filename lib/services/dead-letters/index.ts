export { decideDeadLetter } from "./decide-dead-letter.ts";
export { discardDeadLetter } from "./discard-dead-letter.ts";
export { dryRunDeadLetter } from "./dry-run.ts";
export { getDeadLetter } from "./get-dead-letter.ts";
export { listDeadLetters } from "./list-dead-letters.ts";
export { planRedrive } from "./plan-redrive.ts";
export { redriveDeadLetter } from "./redrive-dead-letter.ts";
export { reopenDeadLetter } from "./reopen-dead-letter.ts";
export * from "./schemas.ts";

export { decideDeadLetter } from "./decide-dead-letter.ts";
export { discardDeadLetter } from "./discard-dead-letter.ts";
export { getDeadLetter } from "./get-dead-letter.ts";
export { listDeadLetters } from "./list-dead-letters.ts";
export { redriveDeadLetter } from "./redrive-dead-letter.ts";
export * from "./schemas.ts";

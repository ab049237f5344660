/** SQLSTATE classes after which the same statement may succeed later (PostgreSQL manual, appendix A). */
const transientStates = new Set([
  "40001",
  "40P01",
  "25006",
  "53100",
  "53200",
  "53300",
  "55P03",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "08001",
  "08004",
]);
const transientCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
const transientMessages = ["Connection terminated", "timeout exceeded when trying to connect", "Client has encountered a connection error"];

/** Whether an error of node-postgres says that the database is away or busy, not that the statement is wrong. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return transientStates.has(code) || transientCodes.has(code) || transientMessages.some((message) => error.message.includes(message));
}

import type { Prisma } from "#lib/db/generated/client.ts";
import type { Context } from "./context.ts";

export type Transaction = Prisma.TransactionClient;

/** Runs a mutation and its audit row together: both are kept, or neither. */
export async function inTransaction<T>(ctx: Pick<Context, "db">, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return ctx.db.prisma.$transaction(work, { maxWait: 5_000, timeout: 10_000 });
}

/** Whether a thrown error is the database's refusal of a second row with the same key. */
export function isUniqueViolation(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && (thrown.code === "P2002" || thrown.code === "23505");
}

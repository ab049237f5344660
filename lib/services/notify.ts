import type { StreamMessage } from "#lib/shared/stream-message.ts";
import type { Transaction } from "./transaction.ts";

/** Tells open screens that something changed, once the transaction has committed. The channel and shape are RunListener's. */
export async function notifyChange(transaction: Transaction, workspaceId: string, kind: StreamMessage["kind"], id: string): Promise<void> {
  const message = JSON.stringify({ w: workspaceId, k: kind, i: [id] });
  await transaction.$executeRaw`SELECT pg_notify('sluice_run', ${message})`;
}

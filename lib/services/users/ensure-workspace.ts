import { newId } from "#lib/shared/ids.ts";
import type { Transaction } from "../transaction.ts";

/** Any number will do, as long as nothing else takes it. */
const setupLock = 5_810_733;

/** Lets one at a time set the instance up. */
export async function lockSetup(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${setupLock})`;
}

/** The instance's workspace; made now when this is the first thing anybody does with it. */
export async function ensureWorkspace(transaction: Transaction): Promise<{ workspaceId: string }> {
  const first = () => transaction.workspace.findFirst({ orderBy: [{ createdAt: "asc" }, { id: "asc" }], select: { id: true } });
  const known = await first();
  if (known !== null) return { workspaceId: known.id };
  await lockSetup(transaction);
  const made = await first();
  if (made !== null) return { workspaceId: made.id };
  const workspaceId = newId();
  await transaction.workspace.create({ data: { id: workspaceId, name: "Workspace" } });
  return { workspaceId };
}

import { statement } from "#lib/db/statement.ts";
import { newId } from "#lib/shared/ids.ts";

const release = statement(new URL("./sql/release-connection.sql", import.meta.url));

/** Who did what lets the connection be called again, for the log of its issue. */
export interface ConnectionRelease {
  connectionId: string;
  workspaceId: string;
  by: { actorType: string; actorId: string };
}

/**
 * Lets the runs that wait for a connection go on, if nothing holds it any more. To be run in the transaction that changed the
 * connection, after the change. Returns how many were woken.
 */
export async function releaseConnection(
  query: (text: string, ...values: unknown[]) => Promise<{ runs: number }[]>,
  { connectionId, workspaceId, by }: ConnectionRelease,
): Promise<number> {
  const rows = await query(release.text, connectionId, workspaceId, newId(), by.actorType, by.actorId);
  return rows[0]?.runs ?? 0;
}

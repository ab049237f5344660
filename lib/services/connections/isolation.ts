import { releaseConnection } from "#lib/engine/ledger/release-connection.ts";
import { actorColumns } from "../audit.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";

interface StatusChange {
  /** Undefined: as it was. */
  isolated: boolean | undefined;
  /** A secret was entered anew: what was known of the old one is void. */
  replaced: boolean;
}

/** The columns that say whether a connection may be called, after a change. */
export function statusAfter(before: { status: string; authFailedAt: Date | null }, { isolated, replaced }: StatusChange) {
  const stays = isolated ?? before.status === "isolated";
  const open = replaced || before.authFailedAt === null ? "untested" : "failing";
  return {
    status: stays ? "isolated" : isolated === undefined && !replaced ? before.status : open,
    ...(stays ? {} : { isolatedReason: null }),
    ...(replaced ? { authFailedAt: null } : {}),
  };
}

/** Lets the steps go on that wait for the connection, if nothing holds it any more. Last in the transaction of the change. */
export async function releaseWaiting(transaction: Transaction, ctx: Context, connectionId: string): Promise<number> {
  const query = (text: string, ...values: unknown[]) => transaction.$queryRawUnsafe<{ runs: number }[]>(text, ...values);
  return releaseConnection(query, { connectionId, workspaceId: ctx.workspaceId, by: actorColumns(ctx.actor) });
}

import type { ConnectionView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readConnection } from "./read-connection.ts";

/** Shows one connection; of its secrets only which there are. */
export async function getConnection({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:read");
  return readConnection(ctx, input.id);
}

import type { Context } from "./context.ts";
import { may } from "./permissions.ts";

/** As `CallbackLinks` makes them: long enough that no other address of ours looks like one. */
const link = /(\/callbacks\/)[A-Za-z0-9_-]{64,}/g;

/**
 * Takes the links that complete waiting steps out of what somebody is shown who may not act on runs: whoever has such a link
 * can act on one. They stand in inputs and requests, because it is by those that a remote is handed them.
 */
export function hideLinks<Text extends string | null>(ctx: Pick<Context, "actor">, text: Text): Text {
  if (text === null || may(ctx.actor, "runs:write")) return text;
  return text.replace(link, "$1[hidden]") as Text; // safe because a replaced text is a text
}

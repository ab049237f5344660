import { NodeError, type NodeRunner, stoppedCode } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";

type Input = { reason?: JsonValue; payload?: JsonValue };

/** The reason is the title of an issue: a whole document in it would help nobody. */
const maxReason = 1_000;

export const run: NodeRunner<never, Input> = {
  run: ({ input }) => {
    const { reason = "", payload = null } = input;
    const text = typeof reason === "string" ? reason : JSON.stringify(reason);
    throw new NodeError("permanent", stoppedCode, text.slice(0, maxReason) || "stopped without a reason", { details: payload });
  },
};

import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { waitForCallback } from "./definition.ts";

type Config = z.output<typeof waitForCallback.config>;

export const run: NodeRunner<Config, JsonValue> = {
  run: ({ context }) => {
    const { outside } = context;
    if (!outside) throw new NodeError("code", "no_outside", "a wait for a call back must be told what has come");
    const { received, isOver, untilMs } = outside;
    if (received) {
      const { body = null, headers = {} } = isJsonObject(received.payload) ? received.payload : {};
      return { port: "out", output: { body, headers, receivedAt: received.at } };
    }
    if (!isOver) return { wait: { reason: "callback", untilMs } };
    const until = new Date(untilMs).toISOString();
    const failure = new NodeError("timeout", "callback_timeout", "nobody called back in time");
    return { port: "timeout", output: { until }, failure };
  },
};

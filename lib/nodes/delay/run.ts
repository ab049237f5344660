import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { delay } from "./definition.ts";
import { parseTime } from "./parse-time.ts";

type Config = z.output<typeof delay.config>;
/** Absolute, so that however often the step is resumed, it waits once. */
type Input = { until: string };

/** The last time a date can hold. */
const maxTime = 8.64e15;

function timeOf(until: JsonValue | undefined): number {
  const time = typeof until === "string" ? parseTime(until) : null;
  if (time !== null) return time;
  throw new NodeError("validation", "until_invalid", "the time to wait until is not an ISO 8601 time");
}

export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate, now }) => {
    const due = config.until === undefined ? now + (config.forMs ?? 0) : timeOf(evaluate.template(config.until));
    return { until: new Date(Math.min(due, maxTime)).toISOString() };
  },
  run: ({ input, context }) => {
    const untilMs = timeOf(input.until);
    if (context.now < untilMs) return { wait: { reason: "delay", untilMs } };
    return { port: "out", output: { until: input.until } };
  },
};

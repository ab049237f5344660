import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import type { ifNode } from "./definition.ts";

type Config = z.output<typeof ifNode.config>;
type Input = { condition: boolean };

export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate }) => {
    const condition = evaluate.cel(config.condition);
    if (typeof condition === "boolean") return { condition };
    throw new NodeError("validation", "condition_not_boolean", "the condition is neither true nor false");
  },
  run: ({ input }) => ({ port: input.condition ? "true" : "false", output: input }),
};

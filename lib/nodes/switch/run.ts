import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import type { switchNode } from "./definition.ts";

type Config = z.output<typeof switchNode.config>;
type Input = { case: string };

export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate }) => {
    for (const { name, condition } of config.cases) {
      const met = evaluate.cel(condition);
      if (typeof met !== "boolean")
        throw new NodeError("validation", "condition_not_boolean", `the condition of ${name} is neither true nor false`);
      if (met) return { case: name };
    }
    if (config.default) return { case: "default" };
    throw new NodeError("validation", "no_case", "no case is true, and there is no default output");
  },
  run: ({ config, input }) => {
    // The frozen input may have been edited by a person.
    const port = input.case;
    if (!(port === "default" && config.default) && !config.cases.some(({ name }) => name === port))
      throw new NodeError("validation", "case_unknown", "there is no such case");
    return { port, output: { case: port } };
  },
};

import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import type { set } from "./definition.ts";

type Config = z.output<typeof set.config>;

export const run: NodeRunner<Config, JsonObject> = {
  prepare: ({ config, evaluate }) => {
    const values = evaluate.template(config.values);
    const added = isJsonObject(values) ? values : {};
    if (config.keep === "none") return added;
    const base = evaluate.template(config.input);
    if (!isJsonObject(base)) throw new NodeError("validation", "input_not_object", "the input to keep is not an object");
    return { ...base, ...added };
  },
  run: ({ input }) => ({ port: "out", output: input }),
};

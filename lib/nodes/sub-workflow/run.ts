import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { subWorkflow } from "./definition.ts";

type Config = z.output<typeof subWorkflow.config>;

export const run: NodeRunner<Config, JsonValue> = {
  run: ({ config, input }) => {
    if (!isJsonObject(input)) throw new NodeError("validation", "input_invalid", "the input must be an object that holds `input`");
    return { call: { workflowId: config.workflowId, input: input.input ?? null, wait: config.wait } };
  },
};

import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { NodeDefinition } from "./define.ts";
import type { Evaluate, NodeRunner } from "./runner.ts";

/** The input to freeze for a step: what the runner makes, or the config resolved, without its deferred keys. */
export function prepareInput(definition: NodeDefinition, runner: NodeRunner, config: JsonObject, evaluate: Evaluate): JsonValue {
  if (runner.prepare) return runner.prepare({ config, evaluate });
  const eager = Object.entries(config).filter(([key]) => !definition.deferred.includes(key));
  return evaluate.template(Object.fromEntries(eager));
}

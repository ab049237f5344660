import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { NodeDefinition } from "./define.ts";
import type { NodeRunner, PrepareArgs } from "./runner.ts";

/** The input to freeze for a step: what the runner makes, or the config resolved, without its deferred keys. */
export function prepareInput(definition: NodeDefinition, runner: NodeRunner, args: PrepareArgs<JsonObject>): JsonValue {
  if (runner.prepare) return runner.prepare(args);
  const eager = Object.entries(args.config).filter(([key]) => !definition.deferred.includes(key));
  return args.evaluate.template(Object.fromEntries(eager));
}

import type { Evaluate } from "#lib/nodes/runner.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** Evaluates with more names in scope. */
export function withNames(evaluate: Evaluate, names: JsonObject): Evaluate {
  return {
    cel: (source, extra) => evaluate.cel(source, { ...names, ...extra }),
    template: (value, extra) => evaluate.template(value, { ...names, ...extra }),
  };
}

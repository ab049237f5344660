import type { JsonValue } from "#lib/shared/json.ts";
import type { Scope } from "./scope.ts";

/** A scope for tests, with a body as a webhook would bring it. */
export function scopeOf(body: JsonValue, steps: Scope["steps"] = {}): Scope {
  return {
    trigger: { body },
    steps,
    run: { id: "run-1" },
    vars: { baseUrl: "https://sluice.test" },
    connection: {},
    now: "2026-01-31T09:30:00.000Z",
  };
}

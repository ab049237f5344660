import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

/** What an expression can see. */
export type Scope = {
  /** What started the run (contract.md). */
  trigger: JsonValue;
  steps: Record<string, { output: JsonValue }>;
  run: JsonObject;
  vars: JsonObject;
  /** The non-secret fields of the node's connection. */
  connection: JsonObject;
  /** Inside a for-each only. */
  item?: JsonValue;
  index?: number;
  /** ISO 8601, the same for the whole step. */
  now: string;
};

/** The names every expression may use, with a sentence each for completion. */
export const scopeNames = {
  trigger: "What started the run",
  steps: "The outputs of earlier steps: steps.<id>.output",
  run: "The run itself: run.id, run.version, run.mode, run.startedAt; run.resumeUrls.<id>: the link that completes a step that waits for a call back",
  vars: "Variables of the workspace: vars.baseUrl",
  connection: "The open fields of the connection",
  item: "The current item of a for-each",
  index: "The position of the current item",
  now: "The time of the step, ISO 8601",
} as const satisfies Record<keyof Scope, string>;

/** Whether a name is one of the scope. */
export function isScopeName(name: string): boolean {
  return Object.hasOwn(scopeNames, name);
}

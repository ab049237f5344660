import type { RunView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

/** A run's data as a new run takes it: of a manual trigger the body alone. */
export function editorInput(run: Pick<RunView, "event" | "triggerType">): JsonValue {
  const data = run.event?.data ?? null;
  return run.triggerType === "manual" && isJsonObject(data) ? (data.body ?? null) : data;
}

import { settingsSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";

const defaults = settingsSchema.parse({});

/** Writes one setting of the workflow as a whole; undefined goes back to its default. What is out of range is kept, and told as a problem. */
export function setWorkflowSetting(document: WorkflowDocument, key: string, value: JsonValue | undefined): WorkflowDocument {
  const { [key]: _previous, ...rest }: Record<string, unknown> = document.settings;
  const next = value ?? Object.entries(defaults).find(([name]) => name === key)?.[1];
  const settings = next === undefined ? rest : { ...rest, [key]: next };
  // Safe because a draft may hold settings out of range: they are kept as typed, and block publishing.
  return { ...document, settings: settings as WorkflowDocument["settings"] };
}

import type { WorkflowDocument } from "#lib/graph/document.ts";
import { type JsonValue, own } from "#lib/shared/json.ts";

type Settings = Pick<WorkflowDocument["settings"], "arrivals">;

/** Of a batch its first event, which has the keys of all; of anything else the event itself. */
export function oneEvent({ arrivals }: Settings, trigger: JsonValue): JsonValue {
  const items = arrivals?.batch === undefined ? undefined : own(trigger, "items");
  return Array.isArray(items) ? (items[0] ?? trigger) : trigger;
}

/** What a run sees that starts at once, by hand, as a test or from another run: where its workflow takes batches, a batch of one. */
export function asBatch({ arrivals }: Settings, trigger: JsonValue): JsonValue {
  if (arrivals?.batch === undefined || Array.isArray(own(trigger, "items"))) return trigger;
  return { items: [trigger] };
}

/** The same of JSON text, which is read only where it has to be. */
export function asBatchText(settings: Settings, text: string): string {
  return settings.arrivals?.batch === undefined ? text : JSON.stringify(asBatch(settings, JSON.parse(text)));
}

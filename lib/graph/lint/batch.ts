import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { activeNodes, type LintRule } from "./rule.ts";

/** `trigger.` and a name that a batch does not have. */
const ofOneEvent = /\btrigger\.(?!items\b)([A-Za-z_]\w*)/;

export const batchAsOne: LintRule = {
  id: "batch-as-one",
  title: "A batch is read as if it were one event",
  why: "The workflow's settings gather events into batches: a run sees them as trigger.items, each as trigger would have been. What is read from trigger itself is not there. Take the events one by one in a for-each over {{ trigger.items }}, where item stands for trigger.",
  mend: null,
  find: (compiled) => {
    if (!compiled.document.settings.arrivals?.batch) return [];
    return activeNodes(compiled).flatMap((node) => {
      const found = firstText({ config: node.config, policy: JSON.parse(JSON.stringify(node.policy)) }, []);
      if (found === null) return [];
      const message = `a run of this workflow sees a batch: ${found.name} is in each of trigger.items`;
      return [{ node, field: found.path.join("."), message, mend: null }];
    });
  },
};

function firstText(value: JsonValue, path: string[]): { path: string[]; name: string } | null {
  if (typeof value === "string") {
    const [, name] = ofOneEvent.exec(value) ?? [];
    // The webhook's own key is worked out for each delivery.
    return name === undefined || path.join(".") === "config.dedupe.key" ? null : { path, name };
  }
  const parts = Array.isArray(value) ? value.entries() : isJsonObject(value) ? Object.entries(value) : [];
  for (const [key, part] of parts) {
    const found = firstText(part, [...path, String(key)]);
    if (found !== null) return found;
  }
  return null;
}

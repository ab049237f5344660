import { lastInput } from "#components/api/test-input.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { templates } from "#lib/graph/templates/templates.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { readJsonText } from "../form/json-text.ts";
import { isTrigger } from "../node-ports.ts";

/** The triggers a run can start from, the enabled ones first. */
export function triggersOf(document: WorkflowDocument): WorkflowNode[] {
  return document.nodes.filter(isTrigger).toSorted((a, b) => Number(a.disabled) - Number(b.disabled));
}

/** The sample of the template a workflow was made from, told by its trigger; undefined for any other workflow. */
export function templateSample(document: WorkflowDocument): JsonValue | undefined {
  const triggers = triggersOf(document);
  return templates.find((template) => {
    const nodes = own(template.document, "nodes");
    return (
      Array.isArray(nodes) &&
      triggers.some((trigger) => nodes.some((node) => own(node, "id") === trigger.id && own(node, "type") === trigger.type))
    );
  })?.sampleInput;
}

/** What to start from when nobody has given anything yet: the template's sample, or that of the trigger's type. */
export function firstInput(document: WorkflowDocument): JsonValue {
  const sample = templateSample(document);
  if (sample !== undefined) return sample;
  const [trigger] = triggersOf(document);
  const output = trigger && getDefinition(trigger.type)?.sampleOutput;
  if (!isJsonObject(output)) return {};
  return trigger?.type === "manual" || trigger?.type === "webhook" ? (output.body ?? {}) : output;
}

/** The steps that speak to other systems when a run reaches them, for the warning before a test. */
export function outsideSteps(document: WorkflowDocument): WorkflowNode[] {
  return document.nodes.filter((node) => !node.disabled && getDefinition(node.type)?.policySections.includes("timeout"));
}

/** What to start from when nobody is asked: what was run last in this browser, else a sample. */
export function lastOrFirstInput(workflowId: string, document: WorkflowDocument): JsonValue {
  const kept = readJsonText(lastInput(workflowId) ?? "");
  return kept.ok && kept.value !== undefined ? kept.value : firstInput(document);
}

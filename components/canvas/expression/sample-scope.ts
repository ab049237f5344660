import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { compileDocument } from "#lib/graph/compile.ts";
import type { TestedItems, WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { resumableFrom } from "#lib/graph/resumable.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { Evaluate } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { reachable } from "../document-index.ts";
import { loopsAround, loopsOf } from "../frames.ts";
import { isTrigger } from "../node-ports.ts";
import { inReadingOrder } from "../reading-order.ts";

const sampleRunId = "0193b2c0-0000-7000-8000-000000000000";

/** What previews and completion work with, and where it comes from. */
export interface SampleScope {
  nodeId: string;
  scope: Scope;
  /** Steps whose output is visible, the nearest first. `real`: from a run rather than made up. */
  steps: { node: WorkflowNode; output: JsonValue; real: boolean }[];
  triggerIsReal: boolean;
  /** The innermost loop around the node, and what it goes through; null outside of loops. */
  loop: { id: string; list: readonly JsonValue[]; batchSize: number } | null;
}

export interface SampleSources {
  document: WorkflowDocument;
  nodeId: string;
  /** What the last run saw as `trigger`; undefined when there was none. */
  trigger: JsonValue | undefined;
  /** Outputs of the last run, by node. */
  outputs: ReadonlyMap<string, JsonValue>;
  /** A trigger value of a template or of the person's own, when there was no run. */
  sampleTrigger: JsonValue | undefined;
  baseUrl: string;
  connection: JsonObject;
  nowIso: string;
  /** The item that is looked at of each loop around the node, by the loop's id; absent: the first. */
  items?: TestedItems;
}

/** The scope an expression of a node would see: from the last run where there is one, else from samples. */
export function sampleScope(a: SampleSources): SampleScope {
  const before = reachable(a.document, a.nodeId, "upstream");
  const ancestors = inReadingOrder(a.document).filter((node) => before.has(node.id) && !isTrigger(node));
  const steps: Scope["steps"] = {};
  const scope: Scope = {
    trigger: a.trigger ?? triggerSample(a),
    steps,
    run: { id: sampleRunId, resumeUrls: sampleResumeUrls(a) },
    vars: { baseUrl: a.baseUrl },
    connection: a.connection,
    now: a.nowIso,
  };
  const evaluate = createEvaluate(scope);
  const known = ancestors.map((node) => {
    const real = a.outputs.get(node.id);
    const output = real ?? outputSample(node, evaluate);
    steps[node.id] = { output };
    return { node, output, real: real !== undefined };
  });
  const loop = enterLoops(a, scope, evaluate);
  return { nodeId: a.nodeId, scope, steps: known.toReversed(), triggerIsReal: a.trigger !== undefined, loop };
}

/** Gives the scope the item, or the batch of them, of each loop around the node, those of inner ones last; tells of the innermost. */
function enterLoops({ document, nodeId, items }: SampleSources, scope: Scope, evaluate: Evaluate): SampleScope["loop"] {
  let inner: SampleScope["loop"] = null;
  for (const id of loopsAround(loopsOf(document), nodeId)) {
    const config = document.nodes.find((node) => node.id === id)?.config ?? {};
    const found = attempt(() => evaluate.template(config.items ?? null));
    const list = Array.isArray(found) ? found : [];
    const batchSize = typeof config.batchSize === "number" && config.batchSize > 1 ? config.batchSize : 1;
    const chosen = items?.[id] ?? 0;
    const index = chosen - (chosen % batchSize);
    Object.assign(scope, { item: batchSize > 1 ? list.slice(index, index + batchSize) : (list[index] ?? null), index });
    inner = { id, list, batchSize };
  }
  return inner;
}

/** Without a link that could be used: the real one is made for each run. */
function sampleResumeUrls({ document, nodeId, baseUrl }: SampleSources): JsonObject {
  const seen = resumableFrom(compileDocument(document))(nodeId);
  return Object.fromEntries(seen.map((node) => [node.nodeId, `${baseUrl}/callbacks/…`]));
}

function triggerSample({ document, nodeId, sampleTrigger }: SampleSources): JsonValue {
  if (sampleTrigger !== undefined) return sampleTrigger;
  const before = reachable(document, nodeId, "upstream");
  const triggers = document.nodes.filter(isTrigger);
  const trigger = triggers.find((node) => before.has(node.id) || node.id === nodeId) ?? triggers[0];
  return (trigger && getDefinition(trigger.type)?.sampleOutput) ?? { body: {} };
}

/** What a step would give: worked out for steps that only reshape data, else the sample of its type. */
function outputSample(node: WorkflowNode, evaluate: Evaluate): JsonValue {
  if (node.type === "set" && isJsonObject(node.config.values)) return mapTexts(node.config.values, evaluate);
  if (node.type === "validate-transform" && Array.isArray(node.config.fields)) {
    const entries = node.config.fields.flatMap((field): [string, JsonValue][] => {
      if (!isJsonObject(field) || typeof field.target !== "string" || typeof field.source !== "string") return [];
      return [[field.target, attempt(() => evaluate.template(field.source ?? null))]];
    });
    return Object.fromEntries(entries);
  }
  return getDefinition(node.type)?.sampleOutput ?? null;
}

function mapTexts(values: JsonObject, evaluate: Evaluate): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, attempt(() => evaluate.template(value))]));
}

// A sample that cannot be worked out is unknown, not an error: the field that holds the expression says what is wrong.
function attempt(make: () => JsonValue): JsonValue {
  try {
    return make();
  } catch {
    return null;
  }
}

/** The value a trigger would give for a sample that is only its body (as templates and the run dialog hold them). */
export function triggerFromInput(trigger: WorkflowNode | undefined, input: JsonValue): JsonValue {
  const sample = trigger && getDefinition(trigger.type)?.sampleOutput;
  if (isJsonObject(input) && "body" in input) return isJsonObject(sample) ? { ...sample, ...input } : input;
  return isJsonObject(sample) && "body" in sample ? { ...sample, body: input } : { body: input };
}

import * as z from "zod";
import type { NodeDefinition, PolicySection } from "#lib/nodes/define.ts";
import { definitions, getDefinition } from "#lib/nodes/registry.definitions.ts";
import { policyDefaults } from "#lib/policies/defaults.ts";
import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { configRows } from "./config-rows.ts";
import { code, codes, page, table } from "./markdown.ts";

/** The keys of a policy that each section of the reliability panel holds. */
const sectionKeys: Record<PolicySection, readonly (keyof typeof policyDefaults | "validateInput" | "validateOutput")[]> = {
  timeout: ["timeoutMs", "deadlineMs"],
  throttle: ["throttle"],
  idempotency: ["idempotency"],
  retry: ["retry"],
  breaker: ["breaker"],
  validate: ["validateInput", "validateOutput"],
  onFailure: ["onFailure"],
};

/** The reference of all node types. `idle` are settings that are accepted, and acted on by nothing yet. */
export function nodesPage(idle: readonly { setting: string; consequence: string }[]): string {
  const types = Object.keys(definitions).flatMap((type) => getDefinition(type) ?? []);
  return page("Node types", [
    `This release has ${types.length} node types: ${types.map(({ type }) => `[${type}](#${type})`).join(", ")}. The settings below are the \`config\` of a node in the workflow document; how policies work is told in [building workflows](../building-workflows.md#policies).`,
    ...types.map(nodePart),
    "## Policy defaults",
    "What a node does not set, and its type does not, is taken from here. Sections that a node type does not have are ignored.",
    table(["setting", "default"], defaultRows(policyDefaults, "")),
    "## Accepted, not acted on",
    "These settings are part of the document and are kept with it. Nothing acts on them in this release.",
    table(
      ["setting", "so for now"],
      idle.map(({ setting, consequence }) => [code(setting), consequence]),
    ),
  ]);
}

function nodePart(definition: NodeDefinition): string {
  const schema = jsonOf(z.toJSONSchema(definition.config, { io: "input" }));
  const parsed = definition.config.safeParse(definition.initialConfig);
  const config = parsed.success ? parsed.data : definition.initialConfig;
  const ports = definition.ports(config).map(({ name, failure }) => (failure ? `${code(name)} (on failure)` : code(name)));
  const facts = [
    `* **Kind**: ${definition.category}, version ${definition.version}`,
    `* **Ports**: ${ports.join(", ") || "none; nothing follows it"}`,
    `* **Effect class**: ${effectOf(definition, schema)}`,
    `* **Policy**: ${policyOf(definition)}`,
  ];
  return [
    `## ${definition.type}`,
    `**${definition.title}.** ${definition.description}`,
    facts.join("\n"),
    table(["setting", "label", "value", "default", "help"], configRows(schema)),
    `Output, for example:\n\n\`\`\`json\n${JSON.stringify(definition.sampleOutput, null, 2)}\n\`\`\``,
  ].join("\n\n");
}

/** The effect class; where a setting decides it, what each of its values makes it. */
function effectOf(definition: NodeDefinition, schema: JsonValue): string {
  const properties = own(schema, "properties");
  for (const [key, property] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const values = own(property, "enum");
    if (!Array.isArray(values)) continue;
    const byEffect = Map.groupBy(values, (value) => definition.effect({ ...(definition.initialConfig as object), [key]: value }));
    if (byEffect.size < 2) continue;
    return [...byEffect].map(([effect, of]) => `${code(effect)} for ${key} ${of.join(", ")}`).join("; ");
  }
  const effect = definition.effect(definition.initialConfig);
  return effect === "none" ? "none: it touches nothing outside" : code(effect);
}

function policyOf({ policySections, policyDefaults: ofType }: NodeDefinition): string {
  if (policySections.length === 0) return "none";
  const keys = codes(policySections.flatMap((section) => sectionKeys[section]));
  const usual = new Map(Object.entries(policyDefaults).map(([key, value]) => [key, JSON.stringify(value)]));
  const unusual = Object.entries(ofType).filter(([key, value]) => JSON.stringify(value) !== usual.get(key));
  return unusual.length === 0 ? keys : `${keys}. Its own defaults: ${code(JSON.stringify(Object.fromEntries(unusual)))}`;
}

function defaultRows(value: object, prefix: string): string[][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? defaultRows(inner, `${prefix}${key}.`)
      : [[code(prefix + key), code(JSON.stringify(inner))]],
  );
}

/** Safe because a JSON text holds nothing else. */
function jsonOf(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

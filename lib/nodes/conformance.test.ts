import { expect, test } from "vitest";
import * as z from "zod";
import { documentOf } from "#lib/graph/test-documents.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import type { NodeDefinition } from "./define.ts";
import { definitions, getDefinition, type NodeTypeId } from "./registry.definitions.ts";
import { loadRunner } from "./registry.runners.ts";

const types = Object.keys(definitions) as NodeTypeId[];
const entries = types.map((type): [NodeTypeId, NodeDefinition] => {
  const definition = getDefinition(type);
  if (!definition) throw new Error(type);
  return [type, definition];
});

const widgets = new Set([
  "text",
  "textarea",
  "code",
  "json",
  "select",
  "switch",
  "number",
  "duration",
  "pairs",
  "list",
  "table",
  "cron",
  "timezone",
  "connection",
  "workflow",
  "workflows",
]);

test.each(entries)("%s is described: id, version, texts, icon, category", (type, definition) => {
  expect(definition.type).toBe(type);
  expect(definition.version).toBeGreaterThan(0);
  expect(definition.title).not.toBe("");
  expect(definition.description).toMatch(/^[A-Z].*\.$/);
  expect(definition.icon).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(definition.synonyms.length).toBeGreaterThan(2);
  expect(["trigger", "action", "data", "logic"]).toContain(definition.category);
});

test.each(entries)("%s refuses settings it does not have", (_, definition) => {
  const parsed = definition.config.safeParse({ nope: 1 });
  expect(parsed.error?.issues.some((issue) => issue.code === "unrecognized_keys")).toBe(true);
});

test.each(entries)("a fresh %s parses, or every problem names a setting to fill in", (type, definition) => {
  const problems = validateDocument(documentOf([{ id: "n1", type, config: definition.initialConfig as Record<string, never> }]));
  const inside = problems.filter(({ severity, path }) => severity === "error" && path.startsWith("nodes.0"));
  for (const { path, nodeId } of inside) {
    expect(path).toMatch(/^nodes\.0\.config\./);
    expect(nodeId).toBe("n1");
  }
});

test.each(entries)("%s has ports, a summary and an effect, for a fresh config too", (_, definition) => {
  const parsed = definition.config.safeParse(definition.initialConfig);
  const config = parsed.success ? parsed.data : definition.initialConfig;
  const ports = definition.ports(config);
  expect(ports.length > 0).toBe(definition.type !== "stop-and-dead-letter"); // nothing can follow it
  expect(new Set(ports.map(({ name }) => name)).size).toBe(ports.length);
  expect(definition.summary(config)).not.toBe("");
  expect(definition.effect(config)).toMatch(/^(read|natural|keyed|reconcilable|unsafe|none)$/);
});

test.each(entries)("%s can be drawn: JSON Schema with a label and a known widget for every setting", (_, definition) => {
  const schema = z.toJSONSchema(definition.config, { io: "input" });
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  expect(schema.additionalProperties).toBe(false);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    expect(property, name).toHaveProperty("label");
    if (typeof property === "object" && typeof property.widget === "string") expect(widgets, name).toContain(property.widget);
  }
});

test.each(entries)("%s defers only settings it has, and survives a JSON round trip", (_, definition) => {
  const names = Object.keys(z.toJSONSchema(definition.config, { io: "input" }).properties ?? {});
  for (const key of definition.deferred) expect(names).toContain(key);
  const parsed = definition.config.safeParse(definition.initialConfig);
  if (parsed.success) expect(definition.config.parse(JSON.parse(JSON.stringify(parsed.data)))).toEqual(parsed.data);
  expect(JSON.parse(JSON.stringify(definition.sampleOutput))).toEqual(definition.sampleOutput);
});

test.each(entries)("%s has a runner", async (type) => {
  expect(typeof (await loadRunner(type)).run).toBe("function");
});

test.each(entries)("%s that calls out has a failure port, and reliability settings", (_, definition) => {
  const parsed = definition.config.safeParse({ ...(definition.initialConfig as object), url: "https://x" });
  if (!parsed.success || definition.effect(parsed.data) === "none") return;
  expect(definition.ports(parsed.data).some((port) => port.failure)).toBe(true);
  expect(definition.policySections).toEqual(expect.arrayContaining(["timeout", "retry", "idempotency", "throttle", "onFailure"]));
});

test("names of the prototype are no node types", () => {
  expect(getDefinition("constructor")).toBeUndefined();
  expect(getDefinition("__proto__")).toBeUndefined();
});

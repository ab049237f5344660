import type { WorkflowNode } from "#lib/graph/document.ts";
import { checkInput } from "#lib/graph/field-steps/check-input.ts";
import { getDefinition, type NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { type ResolvedPolicy, resolvePolicy } from "#lib/policies/defaults.ts";
import { AppError, type Problem } from "#lib/shared/errors.ts";
import type { JsonValue } from "#lib/shared/json.ts";

/** The policy a node runs under; null when this release does not know its type or config. */
export function policyOf(node: WorkflowNode): ResolvedPolicy | null {
  const definition = getDefinition(node.type);
  const config = definition?.config.safeParse(node.config);
  if (!definition || !config?.success) return null;
  return resolvePolicy({ policy: node.policy, defaults: definition.policyDefaults, effect: definition.effect(config.data) });
}

/** Refuses an edited frozen input that the node could not work with, naming each field, before anything is started with it. */
export async function requireFrozenInput(node: WorkflowNode, input: JsonValue): Promise<void> {
  const problems = await problemsOf(node, input);
  if (problems.length === 0) return;
  const named = problems.map(({ path, message }) => ({ path: path === "" ? "input" : `input.${path}`, message }));
  throw new AppError("invalid_input", `"${node.name}" cannot work with this input: ${problems[0]?.message}`, { problems: named });
}

/** The same as sentences, for a preview: each with the field it is about. */
export async function frozenInputProblems(node: WorkflowNode, input: JsonValue): Promise<string[]> {
  return (await problemsOf(node, input)).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
}

async function problemsOf(node: WorkflowNode, input: JsonValue): Promise<Problem[]> {
  if (getDefinition(node.type) === undefined) return [];
  const runner = await loadRunner(node.type as NodeTypeId); // safe because getDefinition knew it
  const own = runner.problemsOf?.(input) ?? [];
  const check = policyOf(node)?.validateInput ?? null;
  // What expressions see is known where the run goes on: there they are judged.
  const found = check === null ? [] : checkInput(check, input, null);
  const known = new Set(own.map(({ path }) => path));
  const more = found.map(({ field, step, reason }) => ({ path: field, message: step === "schema" ? reason : `${field} ${reason}` }));
  // A field is told about once: the node itself knows best what it cannot work with.
  return [...own, ...more.filter(({ path }) => !known.has(path))];
}

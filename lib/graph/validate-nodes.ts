import type { NodeDefinition, PolicySection } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { CompiledDocument } from "./compile.ts";
import type { WorkflowNode } from "./document.ts";
import { effectOf } from "./effect.ts";
import { checkJsonSchema } from "./json-schema-guard.ts";
import { type Policy, policySchema } from "./policy.ts";
import { errorAt, problemsOf, warningAt } from "./problem.ts";

/** Node types, configs and policies, each node by itself. */
export function checkNodes(compiled: CompiledDocument): DocumentProblem[] {
  return compiled.document.nodes.flatMap((node, index) => {
    const path = `nodes.${index}`;
    const definition = getDefinition(node.type);
    if (!definition) return [errorAt(`${path}.type`, `this version of Sluice has no node type ${node.type}`, node.id)];
    return [
      ...checkVersion(definition, node, path),
      ...checkConfig(definition, node, path),
      ...checkPolicy(compiled, definition, node, `${path}.policy`),
    ];
  });
}

function checkVersion(definition: NodeDefinition, node: WorkflowNode, path: string): DocumentProblem[] {
  if (node.typeVersion <= definition.version) return [];
  return [
    errorAt(
      `${path}.typeVersion`,
      `this node was made with a newer Sluice (${node.type} ${node.typeVersion}; here ${definition.version})`,
      node.id,
    ),
  ];
}

function checkConfig(definition: NodeDefinition, node: WorkflowNode, path: string): DocumentProblem[] {
  const parsed = definition.config.safeParse(node.config);
  return parsed.success ? [] : problemsOf(parsed.error.issues, `${path}.config`, node.id);
}

const sections: Readonly<Record<keyof Policy, PolicySection | null>> = {
  timeoutMs: "timeout",
  deadlineMs: "timeout",
  retry: "retry",
  throttle: "throttle",
  idempotency: "idempotency",
  breaker: "breaker",
  validateInput: "validate",
  validateOutput: "validate",
  onFailure: "onFailure",
  compensate: null,
};

function checkPolicy(compiled: CompiledDocument, definition: NodeDefinition, node: WorkflowNode, path: string): DocumentProblem[] {
  const parsed = policySchema.safeParse(node.policy);
  if (!parsed.success) return problemsOf(parsed.error.issues, path, node.id);
  const policy = parsed.data;
  const ignored = (Object.keys(policy) as (keyof Policy)[]) // safe: the strict schema has just let no other key pass
    .filter((key) => policy[key] !== undefined && sections[key] !== null && !definition.policySections.includes(sections[key]))
    .map((key) => warningAt(`${path}.${key}`, `${definition.title} has no such setting; it is ignored`, node.id));
  return [
    ...ignored,
    ...checkSchemas(policy, node, path),
    ...checkKeys(policy, node, path),
    ...checkFallback(compiled, policy, node, path),
    ...checkRequest(policy.idempotency?.lookup?.request, node, `${path}.idempotency.lookup.request`),
    ...checkRequest(policy.compensate?.request, node, `${path}.compensate.request`),
    ...checkLookup(policy, node, `${path}.idempotency`),
  ];
}

/** What a policy calls besides the node's own call is an HTTP request too. */
function checkRequest(request: JsonObject | undefined, node: WorkflowNode, path: string): DocumentProblem[] {
  const parsed = request && getDefinition("http-request")?.config.safeParse(request);
  return !parsed || parsed.success ? [] : problemsOf(parsed.error.issues, path, node.id);
}

function checkLookup(policy: Policy, node: WorkflowNode, path: string): DocumentProblem[] {
  const { lookup, storeFailures, key } = policy.idempotency ?? {};
  const problems: DocumentProblem[] = [];
  const effect = lookup ? effectOf(node) : null;
  if (lookup && effect !== null && effect !== "keyed" && effect !== "reconcilable") {
    problems.push(warningAt(`${path}.lookup`, `a call of effect class ${effect} is never looked up; the look-up is ignored`, node.id));
  }
  if (storeFailures && key === undefined) {
    problems.push(warningAt(`${path}.storeFailures`, "without a key no other step can be given this one's failure", node.id));
  }
  return problems;
}

function checkSchemas(policy: Policy, node: WorkflowNode, path: string): DocumentProblem[] {
  return (["validateInput", "validateOutput"] as const).flatMap((key) => {
    const check = policy[key];
    return check?.schema ? checkJsonSchema(check.schema).map((message) => errorAt(`${path}.${key}.schema`, message, node.id)) : [];
  });
}

function checkKeys(policy: Policy, node: WorkflowNode, path: string): DocumentProblem[] {
  const { key, header, ttlMs } = policy.idempotency ?? {};
  const at = `${path}.idempotency`;
  const problems: DocumentProblem[] = [];
  if (key !== undefined && !key.includes("{{")) {
    problems.push(errorAt(`${at}.key`, "the key must hold an expression, or every run would be taken for a repeat of the first", node.id));
  }
  if (key === undefined && (header !== undefined || ttlMs !== undefined))
    problems.push(errorAt(`${at}.key`, "a key is needed for the other idempotency settings to act", node.id));
  return problems;
}

function checkFallback(compiled: CompiledDocument, policy: Policy, node: WorkflowNode, path: string): DocumentProblem[] {
  const connected = compiled.outgoing.get(node.id)?.some((edge) => edge.sourcePort === "error") ?? false;
  const message = "the error output is to be taken, but nothing is connected to it";
  const problems: DocumentProblem[] = [];
  if (policy.onFailure === "fallback" && !connected) problems.push(errorAt(`${path}.onFailure`, message, node.id));
  if (policy.throttle?.onExceed === "fallback" && !connected) problems.push(errorAt(`${path}.throttle.onExceed`, message, node.id));
  return problems;
}

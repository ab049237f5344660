import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { isJsonObject, own } from "#lib/shared/json.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";
import type { CompiledDocument } from "./compile.ts";
import type { WorkflowNode } from "./document.ts";
import { warningAt } from "./problem.ts";

/** What would go wrong only on a bad day: effects that a repeat doubles, deliveries that cannot be told apart, lost answers. */
export function lintReliability(compiled: CompiledDocument): DocumentProblem[] {
  return compiled.document.nodes.flatMap((node, index) => {
    if (node.disabled) return [];
    return [
      ...lintEffect(node, `nodes.${index}`),
      ...lintWebhook(compiled, node, `nodes.${index}`),
      ...lintRespond(compiled, node, `nodes.${index}`),
    ];
  });
}

/** The effect class of a node with its policy applied; null when its config does not parse or its type is unknown. */
export function effectOf(node: WorkflowNode): EffectClass | "none" | null {
  const definition = getDefinition(node.type);
  const config = definition?.config.safeParse(node.config);
  if (!definition || !config?.success) return null;
  const natural = definition.effect(config.data);
  const { effect, key, header } = node.policy.idempotency ?? {};
  if (natural === "none") return natural;
  return effect ?? (natural === "unsafe" && key && header ? "keyed" : natural);
}

function lintEffect(node: WorkflowNode, path: string): DocumentProblem[] {
  if (effectOf(node) !== "unsafe") return [];
  const message =
    "a repeat could do this twice, so after a crash or time-out a person must decide; give it an idempotency key and header, or say in its policy that a repeat does no harm";
  return [warningAt(`${path}.policy.idempotency`, message, node.id)];
}

const schemesWithDeliveryId = new Set(["github", "stripe", "standard-webhooks"]);

function lintWebhook(compiled: CompiledDocument, node: WorkflowNode, path: string): DocumentProblem[] {
  if (node.type !== "webhook") return [];
  const scheme = own(own(node.config, "verification"), "scheme") ?? "none";
  const problems: DocumentProblem[] = [];
  if (scheme === "none")
    problems.push(
      warningAt(`${path}.config.verification`, "deliveries are not verified: whoever knows the address can start runs", node.id),
    );
  else if (own(own(node.config, "verification"), "secretConnectionId") == null) {
    problems.push(
      warningAt(`${path}.config.verification.secretConnectionId`, "no secret is chosen yet, so every delivery will be refused", node.id),
    );
  }
  if (own(own(node.config, "dedupe"), "key") === undefined && !schemesWithDeliveryId.has(String(scheme))) {
    problems.push(warningAt(`${path}.config.dedupe.key`, "without a key a delivery that arrives twice runs twice", node.id));
  }
  if (waits(node) && !compiled.document.nodes.some((other) => other.type === "respond" && !other.disabled)) {
    problems.push(warningAt(`${path}.config.response.mode`, "the caller waits for an answer, but no respond node gives one", node.id));
  }
  return problems;
}

function waits(node: WorkflowNode): boolean {
  return node.type === "webhook" && isJsonObject(node.config.response) && node.config.response.mode === "wait";
}

function lintRespond(compiled: CompiledDocument, node: WorkflowNode, path: string): DocumentProblem[] {
  if (node.type !== "respond" || compiled.triggers.some(waits)) return [];
  return [warningAt(path, "nobody waits for this answer: no webhook is in wait mode", node.id)];
}

import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { own } from "#lib/shared/json.ts";
import { ancestorsOf, type CompiledDocument } from "../compile.ts";
import type { WorkflowDocument, WorkflowNode } from "../document.ts";
import { effectOf } from "../effect.ts";
import { activeNodes, type LintRule, withNode } from "./rule.ts";
import { deduplicates } from "./webhook.ts";

const ownRetries = 5;

function attemptsOf(node: WorkflowNode): number {
  return node.policy.retry?.maxAttempts ?? getDefinition(node.type)?.policyDefaults.retry?.maxAttempts ?? ownRetries;
}

/** An expression for what makes one item of the nearest trigger that item; null when nothing is known that would. */
function businessKey(compiled: CompiledDocument, node: WorkflowNode): string | null {
  const before = ancestorsOf(compiled, node.id);
  const trigger = compiled.triggers.find(({ id, disabled }) => !disabled && before.has(id));
  if (trigger?.type === "webhook") {
    const key = own(own(trigger.config, "dedupe"), "key");
    return typeof key === "string" && key.includes("{{") ? key : null;
  }
  if (trigger?.type === "poll") {
    const key = own(trigger.config, "itemKey");
    return typeof key === "string" ? key.replaceAll(/(?<![.\w"'])item\b/g, "trigger.item") : null;
  }
  return trigger?.type === "schedule" ? "{{ trigger.scheduledFor }}" : null;
}

function keyed(key: string, header: string | null) {
  return (node: WorkflowNode): WorkflowNode => ({
    ...node,
    policy: { ...node.policy, idempotency: { ...node.policy.idempotency, key, ...(header === null ? {} : { header }) } },
  });
}

export const unsafeEffect: LintRule = {
  id: "unsafe-effect",
  title: "A call that a repeat would double has no key and no look-up",
  why: "When a call is cut off, by a time-out, a lost connection or a crash, nobody knows whether the remote did the work. With a key that the remote knows, or a look-up, Sluice can send again or look. Without one it never repeats the call by itself: a person has to decide each time.",
  mend: "Send an Idempotency-Key",
  find: (compiled) =>
    activeNodes(compiled)
      .filter((node) => effectOf(node) === "unsafe")
      .map((node) => {
        const { key } = node.policy.idempotency ?? {};
        const retries = attemptsOf(node) > 1 ? "its retries stop at the first unclear answer" : "an unclear answer stops it";
        return {
          node,
          field: "policy.idempotency",
          message: `a repeat could do this twice, so ${retries} and a person must decide; give it an idempotency key and header, a look-up, or say in its policy that a repeat does no harm`,
          mend: (document: WorkflowDocument) =>
            withNode(document, node.id, keyed(key ?? businessKey(compiled, node) ?? "{{ run.id }}", "Idempotency-Key")),
        };
      }),
};

/** Only calls that make something: the others do no harm twice. */
function creates(node: WorkflowNode): boolean {
  const definition = getDefinition(node.type);
  const config = definition?.config.safeParse(node.config);
  return Boolean(definition && config?.success && definition.effect(config.data) === "unsafe");
}

export const createWithoutKey: LintRule = {
  id: "create-without-key",
  title: "Something is created for every delivery, and deliveries can arrive twice",
  why: "Senders of webhooks deliver at least once: after a slow answer or an outage the same event comes again. If neither the trigger drops the repeat nor the step knows the item by a key, the second delivery creates a second thing.",
  mend: "Key the step by the delivery",
  find: (compiled) =>
    activeNodes(compiled)
      .filter((node) => creates(node) && node.policy.idempotency?.key === undefined && node.policy.idempotency?.lookup === undefined)
      .flatMap((node) => {
        const before = ancestorsOf(compiled, node.id);
        const trigger = compiled.triggers.find(
          (one) => !one.disabled && before.has(one.id) && one.type === "webhook" && !deduplicates(one),
        );
        if (!trigger) return [];
        return [
          {
            node,
            field: "policy.idempotency.key",
            message: `${trigger.name} may deliver an event twice, and this step would then create two: give the trigger or this step a key`,
            mend: (document: WorkflowDocument) => withNode(document, node.id, keyed("{{ sha256(json(trigger.body)) }}", null)),
          },
        ];
      }),
};

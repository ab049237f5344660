import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { WorkflowNode } from "../document.ts";
import { activeNodes, type LintRule, withNode } from "./rule.ts";

function timesOf(node: WorkflowNode): { timeoutMs: number; deadlineMs: number } | null {
  const definition = getDefinition(node.type);
  if (!definition?.policySections.includes("timeout")) return null;
  return {
    timeoutMs: node.policy.timeoutMs ?? definition.policyDefaults.timeoutMs ?? 30_000,
    deadlineMs: node.policy.deadlineMs ?? definition.policyDefaults.deadlineMs ?? 86_400_000,
  };
}

function inSeconds(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

export const timeoutPastDeadline: LintRule = {
  id: "timeout-past-deadline",
  title: "An attempt may take longer than its step or run",
  why: "The deadline of a step includes every wait and every attempt, and the deadline of a run all its steps. An attempt that may run past it is never given the time its setting promises, and none of its retries can happen.",
  mend: "Make the deadline fit",
  find: (compiled) =>
    activeNodes(compiled).flatMap((node) => {
      const times = timesOf(node);
      if (!times) return [];
      const { runDeadlineMs } = compiled.document.settings;
      if (times.timeoutMs > times.deadlineMs) {
        const message = `one attempt may take ${inSeconds(times.timeoutMs)}, the whole step only ${inSeconds(times.deadlineMs)}`;
        const deadlineMs = times.timeoutMs * 10;
        return [
          {
            node,
            field: "policy.deadlineMs",
            message,
            mend: (document) => withNode(document, node.id, (one) => ({ ...one, policy: { ...one.policy, deadlineMs } })),
          },
        ];
      }
      if (times.timeoutMs <= runDeadlineMs) return [];
      const message = `one attempt may take ${inSeconds(times.timeoutMs)}, the whole run only ${inSeconds(runDeadlineMs)}`;
      return [
        {
          node,
          field: "policy.timeoutMs",
          message,
          mend: (document) => withNode(document, node.id, (one) => ({ ...one, policy: { ...one.policy, timeoutMs: runDeadlineMs } })),
        },
      ];
    }),
};

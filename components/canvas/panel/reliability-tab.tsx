"use client";

import { CheckCheck, Clock, Gauge, Hash, Inbox, RotateCw, Undo2, Unplug } from "lucide-react";
import { useMemo } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { NodeDefinition, PolicySection } from "#lib/nodes/define.ts";
import { resolvePolicy } from "#lib/policies/defaults.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { durationText } from "../form/duration-text.ts";
import { FormProvider } from "../form/schema-form.tsx";
import { effectOf, keyText, rateText } from "../policy-summary.ts";
import { useEditor } from "../use-editor.ts";
import { CompensateFields } from "./compensate-card.tsx";
import { BreakerFields, FailureFields, RetryFields, TimeoutFields } from "./failure-cards.tsx";
import { IdempotencyFields } from "./idempotency-card.tsx";
import { useLocalProblems, useSetSetting } from "./node-editing.ts";
import { PolicyCard } from "./policy-card.tsx";
import { retrySentence } from "./reliability-math.ts";
import { ThrottleFields } from "./throttle-card.tsx";
import { ValidateFields } from "./validate-card.tsx";

/** The reliability settings of a step, in the order in which a run passes them. */
export function ReliabilityTab({ node, definition, field }: { node: WorkflowNode; definition: NodeDefinition; field: string | null }) {
  const set = useSetSetting(node);
  const problems = useLocalProblems(node.id);
  const connections = useEditor((state) => state.connections);
  const readOnly = useEditor((state) => state.readOnly);
  const effect = effectOf(definition, node);
  const resolved = useMemo(
    () => resolvePolicy({ policy: node.policy, defaults: definition.policyDefaults, effect }),
    [node.policy, definition, effect],
  );
  const defaults = useMemo(() => resolvePolicy({ policy: {}, defaults: definition.policyDefaults, effect }), [definition, effect]);
  const policy = useMemo((): JsonObject => JSON.parse(JSON.stringify(node.policy)), [node.policy]);
  const has = (section: PolicySection) => definition.policySections.includes(section);
  const card = (...keys: string[]) => ({
    own: keys.some((key) => key in policy),
    faulty: problems.some((problem) => problem.severity === "error" && keys.some((key) => isBelow(problem.path, `policy.${key}`))),
    startOpen: keys.some((key) => field !== null && isBelow(field, `policy.${key}`)),
  });
  if (definition.policySections.length === 0) {
    return <p className="p-4 text-fg-muted">A trigger only receives; reliability is set on the steps that follow.</p>;
  }
  const { throttle, retry, idempotency, breaker } = resolved;
  return (
    <FormProvider onSet={set} problems={problems} connections={connections} readOnly={readOnly}>
      <ol className="p-4">
        {has("validate") ? (
          <PolicyCard icon={<CheckCheck />} title="Validate" summary={validateSummary(policy)} {...card("validateInput", "validateOutput")}>
            <ValidateFields node={node} policy={policy} />
          </PolicyCard>
        ) : null}
        {has("idempotency") ? (
          <PolicyCard
            icon={<Hash />}
            title="Idempotency"
            summary={idempotency.key === null ? "off" : `once per ${keyText(idempotency.key)}`}
            {...card("idempotency")}
          >
            <IdempotencyFields policy={policy} defaults={defaults} resolved={resolved} />
          </PolicyCard>
        ) : null}
        {has("throttle") ? (
          <PolicyCard icon={<Gauge />} title="Throttle" summary={throttleSummary(throttle)} {...card("throttle")}>
            <ThrottleFields policy={policy} resolved={resolved} />
          </PolicyCard>
        ) : null}
        {has("timeout") ? (
          <PolicyCard
            icon={<Clock />}
            title="Timeout"
            summary={`${durationText(resolved.timeoutMs)} an attempt`}
            {...card("timeoutMs", "deadlineMs")}
          >
            <TimeoutFields policy={policy} defaults={defaults} />
          </PolicyCard>
        ) : null}
        {has("retry") ? (
          <PolicyCard
            icon={<RotateCw />}
            title="Retry"
            summary={retry.maxAttempts > 1 ? `${retry.maxAttempts} attempts · ${retrySentence(retry)}` : "off"}
            {...card("retry")}
          >
            <RetryFields policy={policy} defaults={defaults} resolved={resolved} />
          </PolicyCard>
        ) : null}
        {has("breaker") ? (
          <PolicyCard
            icon={<Unplug />}
            title="Breaker"
            summary={breaker.enabled ? `pauses for ${durationText(breaker.openMs)} when half fail` : "off"}
            {...card("breaker")}
          >
            <BreakerFields policy={policy} defaults={defaults} />
          </PolicyCard>
        ) : null}
        {has("onFailure") ? (
          <PolicyCard icon={<Inbox />} title="When it fails" summary={failureSummaries[resolved.onFailure]} {...card("onFailure")}>
            <FailureFields node={node} policy={policy} resolved={resolved} />
          </PolicyCard>
        ) : null}
        {effect !== "none" ? (
          <PolicyCard
            icon={<Undo2 />}
            title="Undo"
            summary={resolved.compensate === null ? "off" : "when the run comes to nothing"}
            {...card("compensate")}
          >
            <CompensateFields policy={policy} />
          </PolicyCard>
        ) : null}
      </ol>
    </FormProvider>
  );
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`);
}

function validateSummary(policy: JsonObject): string {
  const sides = [policy.validateInput === undefined ? null : "input", policy.validateOutput === undefined ? null : "output"].filter(
    Boolean,
  );
  return sides.length === 0 ? "off" : `checks its ${sides.join(" and ")}`;
}

function throttleSummary(throttle: ReturnType<typeof resolvePolicy>["throttle"]): string {
  if (throttle === null) return "off";
  const windows = throttle.windows.map(({ limit, perMs }) => rateText(limit, perMs));
  const parts = [
    ...windows,
    throttle.concurrency === null ? null : `${throttle.concurrency} at once`,
    throttle.key === null ? null : `per ${keyText(throttle.key)}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

const failureSummaries = {
  "dead-letter": "goes to the inbox, the run fails",
  continue: "the run goes on without it",
  fallback: "the error output is taken",
  stop: "the run stops",
};

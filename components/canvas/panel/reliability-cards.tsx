import { CheckCheck, Clock, Gauge, Hash, Inbox, RotateCw, Undo2, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { PolicySection } from "#lib/nodes/define.ts";
import type { ResolvedPolicy } from "#lib/policies/defaults.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { durationText } from "../form/duration-text.ts";
import { keyText, rateText } from "../policy-summary.ts";
import type { CountedCard } from "./card-counts.ts";
import { CompensateFields } from "./compensate-card.tsx";
import { connectionLimitsText } from "./connection-limits.tsx";
import { DuplicatePreview } from "./duplicate-preview.tsx";
import { BreakerFields, FailureFields, RetryFields, TimeoutFields } from "./failure-cards.tsx";
import { IdempotencyFields } from "./idempotency-card.tsx";
import { retrySentence } from "./reliability-math.ts";
import { ThrottleFields } from "./throttle-card.tsx";
import { ValidateFields } from "./validate-card.tsx";

interface ReliabilityCard {
  section: PolicySection | "undo";
  icon: ReactNode;
  title: string;
  summary: string;
  /** The settings of the policy that it shows. */
  keys: string[];
  counted?: CountedCard;
  body: ReactNode;
}

interface CardsProps {
  workflowId: string;
  node: WorkflowNode;
  /** What is set on the node, with nothing filled in. */
  policy: JsonObject;
  resolved: ResolvedPolicy;
  defaults: ResolvedPolicy;
  connection: ConnectionView | undefined;
}

/** All cards, in the order in which a run passes them. */
export function reliabilityCards(a: CardsProps): ReliabilityCard[] {
  return [...beforeTheCall(a), ...aroundTheCall(a), ...afterTheCall(a)];
}

function beforeTheCall({ workflowId, node, policy, resolved, defaults, connection }: CardsProps): ReliabilityCard[] {
  const { idempotency, throttle } = resolved;
  return [
    {
      section: "validate",
      icon: <CheckCheck />,
      title: "Validate",
      summary: validateSummary(policy),
      keys: ["validateInput", "validateOutput"],
      counted: "validate",
      body: <ValidateFields node={node} policy={policy} resolved={resolved} />,
    },
    {
      section: "idempotency",
      icon: <Hash />,
      title: "Idempotency",
      summary: idempotency.key === null ? "off" : `once per ${keyText(idempotency.key)}`,
      keys: ["idempotency"],
      counted: "idempotency",
      body: (
        <IdempotencyFields policy={policy} defaults={defaults} resolved={resolved}>
          {idempotency.key === null ? null : <DuplicatePreview workflowId={workflowId} node={node} idempotency={idempotency} />}
        </IdempotencyFields>
      ),
    },
    {
      section: "throttle",
      icon: <Gauge />,
      title: "Throttle",
      summary: throttleSummary(throttle, connection),
      keys: ["throttle"],
      counted: "throttle",
      body: <ThrottleFields policy={policy} resolved={resolved} connection={connection} />,
    },
  ];
}

function aroundTheCall({ policy, resolved, defaults }: CardsProps): ReliabilityCard[] {
  const { retry, breaker } = resolved;
  return [
    {
      section: "timeout",
      icon: <Clock />,
      title: "Timeout",
      summary: `${durationText(resolved.timeoutMs)} an attempt`,
      keys: ["timeoutMs", "deadlineMs"],
      body: <TimeoutFields policy={policy} defaults={defaults} resolved={resolved} />,
    },
    {
      section: "retry",
      icon: <RotateCw />,
      title: "Retry",
      summary: retry.maxAttempts > 1 ? `${retry.maxAttempts} attempts · ${retrySentence(retry)}` : "off",
      keys: ["retry"],
      counted: "retry",
      body: <RetryFields policy={policy} defaults={defaults} resolved={resolved} />,
    },
    {
      section: "breaker",
      icon: <Unplug />,
      title: "Breaker",
      summary: breaker.enabled ? `pauses for ${durationText(breaker.openMs)} when ${shareText(breaker.failureRatio)} fail` : "off",
      keys: ["breaker"],
      counted: "breaker",
      body: <BreakerFields policy={policy} defaults={defaults} resolved={resolved} />,
    },
  ];
}

function afterTheCall({ node, policy, resolved }: CardsProps): ReliabilityCard[] {
  return [
    {
      section: "onFailure",
      icon: <Inbox />,
      title: "When it fails",
      summary: failureSummaries[resolved.onFailure],
      keys: ["onFailure"],
      counted: "onFailure",
      body: <FailureFields node={node} policy={policy} resolved={resolved} />,
    },
    {
      section: "undo",
      icon: <Undo2 />,
      title: "Undo",
      summary: resolved.compensate === null ? "off" : "when the run comes to nothing",
      keys: ["compensate"],
      body: <CompensateFields policy={policy} />,
    },
  ];
}

function validateSummary(policy: JsonObject): string {
  const sides = [policy.validateInput === undefined ? null : "input", policy.validateOutput === undefined ? null : "output"].filter(
    Boolean,
  );
  return sides.length === 0 ? "off" : `checks its ${sides.join(" and ")}`;
}

function throttleSummary(throttle: ResolvedPolicy["throttle"], connection: ConnectionView | undefined): string {
  const shared = connection === undefined ? "" : connectionLimitsText(connection);
  if (throttle === null) return shared === "" ? "off" : `${shared}, by its connection`;
  const windows = throttle.windows.map(({ limit, perMs }) => rateText(limit, perMs));
  const parts = [
    ...windows,
    throttle.concurrency === null ? null : `${throttle.concurrency} at once`,
    throttle.key === null ? null : `per ${keyText(throttle.key)}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function shareText(ratio: number): string {
  return ratio === 0.5 ? "half" : `${Math.round(ratio * 100)} %`;
}

const failureSummaries = {
  "dead-letter": "goes to the inbox, the run fails",
  continue: "the run goes on without it",
  fallback: "the error output is taken",
  stop: "the run stops",
};

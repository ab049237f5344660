"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { ResolvedPolicy } from "#lib/policies/defaults.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import { setNode } from "../commands/edit-node.ts";
import { FieldRow } from "../form/field-row.tsx";
import { useForm } from "../form/form-context.ts";
import { portsOf } from "../node-ports.ts";
import { useEditorStore } from "../use-editor.ts";
import { policyField } from "./policy-fields.ts";
import { breakerSentence, retrySentence, timeoutSentence } from "./reliability-math.ts";
import { retryRules } from "./retry-rules.ts";
import { Sentence } from "./sentence.tsx";

interface SectionProps {
  policy: JsonObject;
  defaults: ResolvedPolicy;
}

interface ResolvedProps extends SectionProps {
  resolved: ResolvedPolicy;
}

const dayMs = 86_400_000;

export function TimeoutFields({ policy, defaults, resolved }: ResolvedProps) {
  const { Fields } = useForm();
  const fields = [
    policyField({ key: "timeoutMs", label: "One attempt", widget: "duration", defaultValue: defaults.timeoutMs, min: 1, max: 900_000 }),
    policyField({
      key: "deadlineMs",
      label: "The whole step",
      widget: "duration",
      defaultValue: defaults.deadlineMs,
      min: 1,
      max: 400 * dayMs,
      help: "With all its waits and attempts.",
    }),
  ];
  const { text, cut } = timeoutSentence(resolved);
  return (
    <>
      {text === "" ? null : <Sentence careful={cut}>{text}</Sentence>}
      <Fields fields={fields} path={["policy"]} value={policy} />
    </>
  );
}

const classes = {
  transient: "Connection broke, 408",
  unavailable: "5xx, server down",
  timeout: "No answer in time",
  conflict: "409, 423",
  auth: "401, 403",
  permanent: "Other 4xx",
} as const;
type RetriedClass = keyof typeof classes;
// Safe because these are the keys written above.
const classNames = Object.keys(classes) as RetriedClass[];

export function RetryFields({ policy, defaults, resolved }: ResolvedProps) {
  const { Fields } = useForm();
  const value = isJsonObject(policy.retry) ? policy.retry : {};
  const { retry } = defaults;
  const fields = [
    policyField({
      key: "maxAttempts",
      label: "Attempts",
      widget: "number",
      defaultValue: retry.maxAttempts,
      min: 1,
      max: 100,
      help: "The first one included; 1 means no retry.",
    }),
    policyField({ key: "initialMs", label: "First wait", widget: "duration", defaultValue: retry.initialMs, min: 0, max: dayMs }),
    policyField({
      key: "factor",
      label: "Each wait is longer by",
      widget: "number",
      defaultValue: retry.factor,
      min: 1,
      max: 10,
      help: "1 keeps the wait the same, 2 doubles it.",
    }),
    policyField({ key: "maxMs", label: "Longest wait", widget: "duration", defaultValue: retry.maxMs, min: 0, max: dayMs }),
    policyField({
      key: "jitter",
      label: "Spread",
      widget: "select",
      options: ["full", "none"],
      defaultValue: retry.jitter,
      help: "Full: each wait is a random part of its length, so that many items do not return at once.",
    }),
  ];
  const sentence = retrySentence(resolved.retry);
  return (
    <>
      {sentence === "" ? null : (
        <Sentence>
          <span className="text-fg-muted">{resolved.retry.jitter === "full" ? "At the latest: " : ""}</span>
          {sentence}
        </Sentence>
      )}
      <Fields fields={fields} path={["policy", "retry"]} value={value} />
      <RetriedClasses value={value.on} inherited={retry.on} />
      <Fields fields={[retryRules]} path={["policy", "retry"]} value={value} />
      <p className="text-fg-muted text-sm">“Too many requests” (429) is waited out as the server asks and counts as no attempt.</p>
    </>
  );
}

function RetriedClasses({ value, inherited }: { value: unknown; inherited: readonly string[] }) {
  const form = useForm();
  const path = ["policy", "retry", "on"];
  const chosen = Array.isArray(value) ? value : inherited;
  const toggle = (name: RetriedClass, on: boolean) => {
    const next = classNames.filter((candidate) => (candidate === name ? on : chosen.includes(candidate)));
    const isDefault = next.length === inherited.length && next.every((candidate) => inherited.includes(candidate));
    form.set(path, isDefault ? undefined : next);
  };
  return (
    <fieldset data-field={path.join(".")}>
      <legend className="mb-1 font-medium text-sm">Retry after</legend>
      <div className="grid grid-cols-2 gap-1.5">
        {classNames.map((name) => (
          <Checkbox
            key={name}
            checked={chosen.includes(name)}
            disabled={form.readOnly}
            onCheckedChange={(on) => toggle(name, on)}
            label={classes[name]}
          />
        ))}
      </div>
      <FieldError message={form.errorAt(path)} />
    </fieldset>
  );
}

export function BreakerFields({ policy, defaults, resolved }: ResolvedProps) {
  const form = useForm();
  const { Fields } = form;
  const value = isJsonObject(policy.breaker) ? policy.breaker : {};
  const { breaker } = defaults;
  const enabled = typeof value.enabled === "boolean" ? value.enabled : breaker.enabled;
  const fields = [
    policyField({
      key: "failureRatio",
      label: "Opens when this share fails",
      widget: "number",
      defaultValue: breaker.failureRatio,
      min: 0,
      max: 1,
      help: "0.5 is half of the calls.",
    }),
    policyField({
      key: "minCalls",
      label: "Out of at least",
      widget: "number",
      defaultValue: breaker.minCalls,
      min: 1,
      max: 10_000,
      help: "Calls; fewer say nothing.",
    }),
    policyField({ key: "windowMs", label: "Within", widget: "duration", defaultValue: breaker.windowMs, min: 0, max: 3_600_000 }),
    policyField({ key: "openMs", label: "Then pauses for", widget: "duration", defaultValue: breaker.openMs, min: 0, max: 3_600_000 }),
  ];
  const sentence = breakerSentence(resolved.breaker);
  return (
    <>
      {sentence === "" ? null : <Sentence>{sentence}</Sentence>}
      <Switch
        checked={enabled}
        disabled={form.readOnly}
        onCheckedChange={(next) => form.set(["policy", "breaker", "enabled"], next === breaker.enabled ? undefined : next)}
        label="Pause calls while the remote keeps failing"
        description="Items wait instead of failing one after the other."
      />
      {enabled ? <Fields fields={fields} path={["policy", "breaker"]} value={value} /> : null}
    </>
  );
}

const outcomes = [
  {
    value: "dead-letter",
    label: "Dead letter",
    description: "The item waits in the inbox with its input; the run fails. Nothing is lost.",
  },
  { value: "continue", label: "Continue", description: "The run goes on; this step has no output." },
  { value: "fallback", label: "Error path", description: "The run goes on through the error output." },
  { value: "stop", label: "Stop", description: "The run fails. The item is not kept for a redrive." },
] as const;

const onFailureField = policyField({ key: "onFailure", label: "When it fails for good", widget: "select" });

export function FailureFields({ node, policy, resolved }: { node: WorkflowNode; policy: JsonObject; resolved: ResolvedPolicy }) {
  const form = useForm();
  const store = useEditorStore();
  const path = ["policy", "onFailure"];
  const hasErrorPort = portsOf(node).some((port) => port.name === "error");
  const options = outcomes.filter((outcome) => outcome.value !== "fallback" || hasErrorPort || resolved.onFailure === "fallback");
  return (
    <>
      <FieldRow
        field={{ ...onFailureField, help: outcomes.find((outcome) => outcome.value === resolved.onFailure)?.description ?? null }}
        path={path}
        isSet={policy.onFailure !== undefined}
      >
        <Select options={options} value={resolved.onFailure} onValueChange={(next) => form.set(path, next)} disabled={form.readOnly} />
      </FieldRow>
      <Switch
        checked={node.critical}
        disabled={form.readOnly}
        onCheckedChange={(critical) => store.getState().apply(`Edit ${node.name}`, (document) => setNode(document, node.id, { critical }))}
        label="Critical"
        description="Its failures alert at once; others are only counted."
      />
    </>
  );
}

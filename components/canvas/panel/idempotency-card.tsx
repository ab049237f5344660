"use client";

import type { ReactNode } from "react";
import { Select } from "#components/ui/select.tsx";
import type { ResolvedPolicy, StepEffect } from "#lib/policies/defaults.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import { durationText } from "../form/duration-text.ts";
import { FieldRow } from "../form/field-row.tsx";
import { useForm } from "../form/form-context.ts";
import { policyField } from "./policy-fields.ts";

const effects: Record<StepEffect, string> = {
  none: "Touches nothing outside",
  read: "Only reads: a repeat does no harm",
  natural: "Sets a state: a repeat changes nothing more",
  keyed: "The remote tells repeats by the key in the header",
  reconcilable: "The remote can be asked whether it was done",
  unsafe: "A repeat would do it twice",
};

/** How a step is kept from being done twice. */
export function IdempotencyFields({
  policy,
  defaults,
  resolved,
  children,
}: {
  policy: JsonObject;
  defaults: ResolvedPolicy;
  resolved: ResolvedPolicy;
  /** Below the key: what it makes of the sample. */
  children: ReactNode;
}) {
  const { Fields } = useForm();
  const value = isJsonObject(policy.idempotency) ? policy.idempotency : {};
  const on = resolved.idempotency.key !== null;
  const fields = [
    policyField({
      key: "key",
      label: "Key",
      widget: "text",
      expression: "template",
      wanted: "text",
      placeholder: "{{ trigger.body.id }}",
      help: "What makes two items the same. The second one gets the stored result, and the call is not made again.",
    }),
    ...(on
      ? [
          policyField({
            key: "header",
            label: "Send the key as",
            widget: "text",
            placeholder: "Idempotency-Key",
            help: "For remotes that know such a header; they then recognise a repeat themselves.",
            defaultValue: defaults.idempotency.header ?? undefined,
          }),
          policyField({
            key: "ttlMs",
            label: "Remember for",
            widget: "duration",
            defaultValue: defaults.idempotency.ttlMs,
            min: 60_000,
            max: 400 * 86_400_000,
          }),
          policyField({
            key: "scope",
            label: "Same within",
            widget: "select",
            options: ["node", "workflow", "connection"],
            defaultValue: defaults.idempotency.scope,
            help: "Node: this step alone. Workflow: all its steps. Connection: everything that uses it.",
          }),
        ]
      : []),
  ];
  const { effect } = resolved.idempotency;
  if (on) fields.push(storeFailuresField);
  if (effect === "keyed") {
    fields.push(policyField({ ...remoteKeyTtl, defaultValue: defaults.idempotency.remoteKeyTtlMs }), replaysErrorsField);
  }
  if (effect !== "read" && effect !== "natural") fields.push(lookupField);
  return (
    <>
      <Fields fields={fields.slice(0, 1)} path={["policy", "idempotency"]} value={value} />
      {children}
      <Fields fields={fields.slice(1)} path={["policy", "idempotency"]} value={value} />
      <EffectField value={value.effect} resolved={resolved} />
      {on ? (
        <p className="text-fg-muted text-sm">A repeat within {durationText(resolved.idempotency.ttlMs)} is shown as “duplicate”.</p>
      ) : null}
    </>
  );
}

const storeFailuresField = policyField({
  key: "storeFailures",
  label: "Share a final failure",
  widget: "switch",
  help: "Off: when the first call of a key fails for good, the next in line makes it. On: they all get its failure.",
  defaultValue: false,
});

const remoteKeyTtl = {
  key: "remoteKeyTtlMs",
  label: "The remote remembers keys for",
  widget: "duration",
  help: "After that a call is not sent again on the strength of its key alone.",
  min: 60_000,
  max: 400 * 86_400_000,
} as const;

const replaysErrorsField = policyField({
  key: "replaysErrors",
  label: "The remote repeats stored errors",
  widget: "switch",
  help: "For the same key it gives a stored 500 again, as Stripe does: then the call is looked up before a new key is used.",
  defaultValue: false,
});

const lookupField = policyField({
  key: "lookup",
  label: "Look-up",
  widget: "json",
  placeholder: '{ "request": { "url": "https://…" }, "found": "size(response.body) > 0", "result": "response.body[0]" }',
  help: "How to find out whether a call was applied: a request, when it counts as found, and the result to go on with. All three know input and key.",
});

const effectField = policyField({
  key: "effect",
  label: "What a repeat would do",
  widget: "select",
  help: "Decides what happens when a worker dies, or an answer is lost, after the call was sent.",
});

function EffectField({ value, resolved }: { value: unknown; resolved: ResolvedPolicy }) {
  const form = useForm();
  const path = ["policy", "idempotency", "effect"];
  const options = (["read", "natural", "keyed", "reconcilable", "unsafe"] as const).map((effect) => ({
    value: effect,
    label: effects[effect],
  }));
  const { effect } = resolved.idempotency;
  const current = options.find((option) => option.value === effect)?.value ?? null;
  const isSet = typeof value === "string";
  return (
    <FieldRow field={effectField} path={path} isSet={isSet} hint={isSet ? null : "by method and key"}>
      <Select options={options} value={current} onValueChange={(next) => form.set(path, next)} disabled={form.readOnly} />
    </FieldRow>
  );
}

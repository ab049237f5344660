"use client";

import { Plus, Trash2 } from "lucide-react";
import { useRef } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { FieldError } from "#components/ui/field.tsx";
import type { ResolvedPolicy } from "#lib/policies/defaults.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { entryControls, focusSoon } from "../form/focus-soon.ts";
import { useForm } from "../form/form-context.ts";
import { DurationInput, NumberInput } from "../form/number-widgets.tsx";
import { ConnectionLimits } from "./connection-limits.tsx";
import { policyField } from "./policy-fields.ts";
import { burstSentence } from "./reliability-math.ts";
import { Sentence } from "./sentence.tsx";

const maxWindows = 5;
const windowsPath = ["policy", "throttle", "windows"];

const concurrency = policyField({
  key: "concurrency",
  label: "At once at most",
  widget: "number",
  min: 1,
  max: 10_000,
  placeholder: "no limit",
});

// These say something only once there is a limit.
const details = [
  policyField({
    key: "key",
    label: "Per",
    widget: "text",
    expression: "template",
    wanted: "text",
    placeholder: "{{ trigger.body.channel }}",
    help: "Counts each value by itself: one limit a customer, a channel. Left out, there is one limit for all.",
  }),
  policyField({
    key: "cost",
    label: "Each call counts as",
    widget: "text",
    expression: "template",
    wanted: "number",
    placeholder: "1",
    help: "So many calls of every limit: a number, or what the item says, such as {{ size(trigger.body.rows) }}.",
  }),
  policyField({
    key: "onExceed",
    label: "When over the limit",
    widget: "select",
    options: ["queue", "drop", "fail", "fallback"],
    defaultValue: "queue",
    help: "Queue: wait for its turn. Drop: skip the step. Fail: treat it as failed. Fallback: take the error output.",
  }),
  policyField({
    key: "maxWaitMs",
    label: "Wait at most",
    widget: "duration",
    min: 0,
    max: 30 * 86_400_000,
    help: "Then it fails. Left out, it waits until the step's deadline.",
  }),
  policyField({
    key: "retryAfterScope",
    label: "When the remote asks for a pause",
    widget: "select",
    options: ["connection", "key"],
    placeholder: "as the connection says",
    help: "Connection: all its calls pause. Key: only calls with the same value of “Per”. If the remote names the limit, that one pauses.",
  }),
];

/** How many calls may be made, and what happens to those above. */
export function ThrottleFields({
  policy,
  resolved,
  connection,
}: {
  policy: JsonObject;
  resolved: ResolvedPolicy;
  connection: ConnectionView | undefined;
}) {
  const form = useForm();
  const { Fields } = form;
  const root = useRef<HTMLFieldSetElement>(null);
  const value = isJsonObject(policy.throttle) ? policy.throttle : {};
  const windows = Array.isArray(value.windows) ? value.windows : [];
  const set = (next: JsonValue[]) => form.set(windowsPath, next.length === 0 ? undefined : next);
  const hasLimit =
    resolved.throttle !== null ||
    value.key !== undefined ||
    value.onExceed !== undefined ||
    value.maxWaitMs !== undefined ||
    value.cost !== undefined ||
    value.retryAfterScope !== undefined;
  const own = { name: "the limit of this step", windows: resolved.throttle?.windows ?? [] };
  const shared = { name: "that of the connection", windows: connection?.limitState.windows ?? [] };
  const sentence = burstSentence([own, shared]);
  const perKey = own.windows.length > 0 && resolved.throttle?.key ? " Each key has limits of its own." : "";
  return (
    <>
      {sentence === "" ? null : (
        <Sentence>
          {sentence}
          {perKey}
        </Sentence>
      )}
      {connection === undefined ? null : <ConnectionLimits connection={connection} />}
      <fieldset ref={root} data-field="policy.throttle.windows" className="min-w-0">
        <legend className="mb-1 font-medium text-sm">Limits</legend>
        <ul className="flex flex-col gap-1.5">
          {windows.map((window, index) => (
            <Window
              // biome-ignore lint/suspicious/noArrayIndexKey: limits have no identity but their place
              key={index}
              window={isJsonObject(window) ? window : {}}
              index={index}
              onRemove={() => {
                set(windows.toSpliced(index, 1));
                focusSoon(root.current, ["[data-add]"]);
              }}
            />
          ))}
        </ul>
        {windows.length < maxWindows && !form.readOnly ? (
          <Button
            size="sm"
            data-add=""
            icon={<Plus aria-hidden />}
            className="mt-1.5"
            onClick={() => {
              set([...windows, { limit: 10, perMs: 60_000 }]);
              focusSoon(root.current, entryControls([...windowsPath, String(windows.length)].join(".")));
            }}
          >
            Add a limit
          </Button>
        ) : null}
        <p className="mt-1.5 text-fg-subtle text-sm">1 to 1,000,000 calls in 100 ms to 31 d each; all limits hold at once.</p>
        <FieldError message={form.errorAt(windowsPath)} />
      </fieldset>
      <Fields fields={hasLimit ? [concurrency, ...details] : [concurrency]} path={["policy", "throttle"]} value={value} />
    </>
  );
}

function Window({ window, index, onRemove }: { window: JsonObject; index: number; onRemove: () => void }) {
  const form = useForm();
  const path = [...windowsPath, String(index)];
  const limitError = form.errorAt([...path, "limit"]);
  const perError = form.errorAt([...path, "perMs"]);
  return (
    <li data-field={path.join(".")}>
      <div className="flex items-center gap-1.5">
        <NumberInput
          aria-label={`Calls of limit ${index + 1}`}
          aria-invalid={limitError !== null}
          value={window.limit}
          onValueChange={(limit) => form.set([...path, "limit"], limit ?? "")}
          className="w-20"
          readOnly={form.readOnly}
        />
        <span className="text-fg-muted">per</span>
        <DurationInput
          label={`limit ${index + 1}`}
          aria-label={`Time of limit ${index + 1}`}
          aria-invalid={perError !== null}
          value={window.perMs}
          onValueChange={(perMs) => form.set([...path, "perMs"], perMs ?? "")}
          readOnly={form.readOnly}
        />
        {form.readOnly ? null : <IconButton label={`Remove limit ${index + 1}`} icon={<Trash2 aria-hidden />} onClick={onRemove} />}
      </div>
      <FieldError message={limitError ?? perError} />
    </li>
  );
}

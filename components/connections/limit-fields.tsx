"use client";

import { Plus, Trash2 } from "lucide-react";
import { Controller, useFieldArray, useFormContext } from "react-hook-form";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { type ConnectionForm, type WindowUnit, windowUnits } from "./form.ts";

const maxWindows = 5;

const unitOptions = (["s", "min", "h", "d"] as const satisfies readonly WindowUnit[]).map((value) => ({
  value,
  label: windowUnits[value].label,
}));

/** Limits that everything using the connection shares: so many calls in so long, and so many at once. */
export function LimitFields() {
  const { control, register, formState } = useFormContext<ConnectionForm>();
  const windows = useFieldArray({ control, name: "windows" });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="font-medium text-sm">Limits</legend>
      <p className="text-fg-muted text-sm">Shared by every workflow that uses the connection. Calls above a limit wait; none is dropped.</p>
      {windows.fields.map((window, index) => {
        const errors = formState.errors.windows?.[index];
        return (
          <div key={window.id}>
            <div className="flex items-center gap-2">
              <Input
                {...register(`windows.${index}.limit`)}
                aria-label="Calls"
                inputMode="numeric"
                className="w-24 text-right tabular-nums"
                aria-invalid={Boolean(errors?.limit)}
              />
              <span className="text-fg-muted">calls in</span>
              <Input
                {...register(`windows.${index}.per`)}
                aria-label="In how long"
                inputMode="numeric"
                className="w-20 text-right tabular-nums"
                aria-invalid={Boolean(errors?.per)}
              />
              <Controller
                control={control}
                name={`windows.${index}.unit`}
                render={({ field }) => (
                  <Select aria-label="Unit" className="w-28" options={unitOptions} value={field.value} onValueChange={field.onChange} />
                )}
              />
              <IconButton label="Remove this limit" icon={<Trash2 aria-hidden />} onClick={() => windows.remove(index)} />
            </div>
            <FieldError message={errors?.limit?.message ?? errors?.per?.message} />
          </div>
        );
      })}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus aria-hidden />}
        disabledReason={windows.fields.length >= maxWindows ? `At most ${maxWindows} limits` : null}
        onClick={() => windows.append({ limit: "10", per: "1", unit: "s" })}
      >
        Add a limit
      </Button>
      <Field label="Calls at once" optional error={formState.errors.concurrency?.message} className="mt-1 w-40">
        <Input {...register("concurrency")} inputMode="numeric" placeholder="No limit" className="tabular-nums" />
      </Field>
      <RemoteFields />
    </fieldset>
  );
}

const scopeOptions = [
  { value: "connection", label: "All calls of the connection" },
  { value: "key", label: "Calls with the same throttle key" },
] as const;

/** How the remote's own limits are understood. */
function RemoteFields() {
  const { control, register, formState } = useFormContext<ConnectionForm>();
  return (
    <details className="mt-1">
      <summary className="cursor-pointer rounded text-fg-muted text-sm hover:text-fg">When the remote turns calls away</summary>
      <div className="mt-2 flex flex-col gap-3">
        <Controller
          control={control}
          name="retryAfterScope"
          render={({ field }) => (
            <Field label="Who pauses" help="When it asks for a pause and does not say which limit was reached.">
              <Select options={scopeOptions} value={field.value} onValueChange={field.onChange} />
            </Field>
          )}
        />
        <Field
          label="Share of the limits to use, in percent"
          optional
          error={formState.errors.headroom?.message}
          help="The rest is left to others with the same account."
        >
          <Input {...register("headroom")} inputMode="numeric" placeholder="100" className="w-24 tabular-nums" />
        </Field>
        <Field
          label="Too many calls, too, when"
          optional
          help="A condition over response, for a remote that refuses with another status than 429."
        >
          <Textarea
            {...register("throttledWhen")}
            rows={2}
            spellCheck={false}
            placeholder="response.status == 200 && response.body.error == 'rate_limited'"
            className="font-mono text-sm"
          />
        </Field>
      </div>
    </details>
  );
}

"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, problemFor } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { kindOptions, presets, type SandboxKind, settingFields } from "./kinds.ts";

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

interface TargetForm {
  name: string;
  kind: SandboxKind;
  /** As typed; empty is left out. */
  settings: Record<string, string>;
}

function toForm(target: SandboxTargetView | null): TargetForm {
  const settings = Object.entries(target?.settings ?? {}).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, String(value)]] : [],
  );
  return { name: target?.name ?? "", kind: target?.kind ?? "recorder", settings: Object.fromEntries(settings) };
}

/** Why the form cannot be sent; null when it can. */
function fault({ name, kind, settings }: TargetForm): string | null {
  if (!namePattern.test(name)) return "The name has 1 to 64 lower-case letters, digits and hyphens";
  const wrong = settingFields[kind].find((field) => {
    const text = settings[field.name]?.trim() ?? "";
    return text !== "" && !(field.decimal ? /^\d*\.?\d+$/ : /^-?\d+$/).test(text);
  });
  return wrong ? `${wrong.label}: enter a number` : null;
}

function toInput({ kind, settings }: TargetForm) {
  const numbers = settingFields[kind].flatMap((field) => {
    const text = settings[field.name]?.trim() ?? "";
    return text === "" ? [] : [[field.name, Number(text)]];
  });
  return { kind, ...Object.fromEntries(numbers) };
}

/** Makes a target or tells one to behave differently. */
export function TargetDialog({ target, onClose }: { target: SandboxTargetView | null; onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => toForm(target));
  const save = useMutation({
    mutationFn: () => api.put<SandboxTargetView>(`/sandbox-targets/${form.name}`, toInput(form)),
    onSuccess: async () => {
      onClose();
      toast.success(`${form.name} saved`);
      await client.invalidateQueries({ queryKey: ["sandbox-targets"] });
    },
  });
  const reason = fault(form);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!reason && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={target ? target.name : "New sandbox target"}
      description="A pretended remote system, reached at /sandbox/<name>/ of this server."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" loading={save.isPending} disabledReason={reason} onClick={() => submit()}>
            Save target
          </Button>
        </>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={problemFor(save.error, "name")}>
            <Input
              value={form.name}
              readOnly={target !== null}
              onChange={(event) => setForm({ ...form, name: event.target.value })}
              className="font-mono text-sm"
              placeholder="deploy-target"
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <Field label="Behaviour" help={kindOptions.find((option) => option.value === form.kind)?.description}>
            <Select options={kindOptions} value={form.kind} onValueChange={(kind) => setForm({ ...form, kind })} />
          </Field>
        </div>
        <Presets onPick={(kind, settings) => setForm({ ...form, kind, settings })} />
        <SettingInputs form={form} onFormChange={setForm} error={save.error} />
        <ErrorLine error={save.error} />
      </form>
    </Dialog>
  );
}

function Presets({ onPick }: { onPick: (kind: SandboxKind, settings: Record<string, string>) => void }) {
  return (
    <fieldset aria-label="Presets" className="flex flex-wrap gap-2">
      {presets.map((preset) => (
        <Button
          key={preset.label}
          size="sm"
          onClick={() =>
            onPick(preset.kind, Object.fromEntries(Object.entries(preset.settings).map(([name, value]) => [name, String(value)])))
          }
        >
          {preset.label}
        </Button>
      ))}
    </fieldset>
  );
}

function SettingInputs({ form, onFormChange, error }: { form: TargetForm; onFormChange: (form: TargetForm) => void; error: unknown }) {
  const fields = settingFields[form.kind];
  if (fields.length === 0) return null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fields.map((field) => (
        <Field key={field.name} label={field.label} help={field.help} error={problemFor(error, field.name)}>
          <Input
            inputMode={field.decimal ? "decimal" : "numeric"}
            placeholder={field.placeholder}
            value={form.settings[field.name] ?? ""}
            onChange={(event) => onFormChange({ ...form, settings: { ...form.settings, [field.name]: event.target.value } })}
            className="tabular-nums"
          />
        </Field>
      ))}
    </div>
  );
}

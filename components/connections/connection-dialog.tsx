"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Controller, FormProvider, useForm, useFormContext } from "react-hook-form";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ConnectionTest, ConnectionView } from "#lib/shared/api-types.ts";
import { type ConnectionForm, connectionFormSchema, toForm, toInput } from "./form.ts";
import { connectionKinds, kindWords } from "./kinds.ts";
import { LimitFields } from "./limit-fields.tsx";
import { LimitState } from "./limit-state.tsx";
import { TestResult } from "./test-result.tsx";

export interface ConnectionDialogProps {
  /** Null: a new one. */
  connection: ConnectionView | null;
  onClose: () => void;
}

interface Saved {
  connection: ConnectionView;
  test: ConnectionTest | null;
}

/** Saves, and with `andTest` tries it at once. */
function useSave(connection: ConnectionView | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ form, andTest }: { form: ConnectionForm; andTest: boolean }): Promise<Saved> => {
      const input = toInput(form, connection);
      const saved = connection
        ? await api.patch<ConnectionView>(`/connections/${connection.id}`, input)
        : await api.post<ConnectionView>("/connections", input);
      const test = andTest ? await api.post<ConnectionTest>(`/connections/${saved.id}/test`) : null;
      return { connection: saved, test };
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
  });
}

/** Makes or changes a connection. */
export function ConnectionDialog({ connection: opened, onClose }: ConnectionDialogProps) {
  // After the first save of a new one the dialog goes on with what was made.
  const [connection, setConnection] = useState(opened);
  const form = useForm<ConnectionForm>({ resolver: zodResolver(connectionFormSchema), defaultValues: toForm(opened) });
  const save = useSave(connection);
  const submit = (andTest: boolean) =>
    form.handleSubmit((values) =>
      save.mutate(
        { form: values, andTest },
        {
          onSuccess: (saved) => {
            setConnection(saved.connection);
            form.reset(toForm(saved.connection));
            if (andTest) return;
            toast.success(`${saved.connection.name} saved`);
            onClose();
          },
        },
      ),
    );
  const called = kindWords[form.watch("kind")].called;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={connection ? connection.name : "New connection"}
      description="A remote system: its address, its credential and its limits, shared by every workflow that uses it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {called ? (
            <Button loading={save.isPending && save.variables.andTest} onClick={() => void submit(true)()}>
              Save and test
            </Button>
          ) : null}
          <Button data-confirm variant="primary" loading={save.isPending && !save.variables.andTest} onClick={() => void submit(false)()}>
            Save connection
          </Button>
        </>
      }
    >
      <FormProvider {...form}>
        <form className="flex flex-col gap-4" onSubmit={(event) => void submit(false)(event)} noValidate>
          <IdentityFields fixedKind={connection !== null} />
          <CredentialFields connection={connection} />
          {form.watch("kind") === "oauth2" ? <OauthFields connection={connection} /> : null}
          {called ? <AddressFields /> : null}
          {called ? <LimitFields /> : null}
          {connection ? <LimitState state={connection.limitState} /> : null}
          {connection ? <IsolatedField /> : null}
          <ErrorLine error={save.error} />
          {save.data?.test ? <TestResult test={save.data.test} /> : null}
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </form>
      </FormProvider>
    </Dialog>
  );
}

function IdentityFields({ fixedKind }: { fixedKind: boolean }) {
  const { register, control, formState } = useFormContext<ConnectionForm>();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name" error={formState.errors.name?.message}>
        <Input {...register("name")} maxLength={120} autoComplete="off" />
      </Field>
      <Controller
        control={control}
        name="kind"
        render={({ field }) => (
          <Field label="Credential" help={kindWords[field.value].description}>
            <Select
              options={connectionKinds.map((kind) => ({ value: kind, label: kindWords[kind].label }))}
              value={field.value}
              onValueChange={field.onChange}
              disabled={fixedKind}
            />
          </Field>
        )}
      />
    </div>
  );
}

/** Secrets are write-only: what is stored shows its last characters and can only be replaced. */
function CredentialFields({ connection }: { connection: ConnectionView | null }) {
  const { register, watch, setValue } = useFormContext<ConnectionForm>();
  const [replacing, setReplacing] = useState(false);
  const words = kindWords[watch("kind")];
  if (!words.secret) return null;
  const stored = connection?.secrets.find((secret) => secret.field === words.secret?.field);
  const keep = () => {
    setReplacing(false);
    setValue("secret", "");
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {words.plain ? (
        <Field label={words.plain.label}>
          <Input {...register("plain")} placeholder={words.plain.placeholder} autoComplete="off" />
        </Field>
      ) : null}
      {stored && !replacing ? (
        <div className="flex flex-col gap-1">
          <span className="font-medium text-sm">{words.secret.label}</span>
          <span className="flex h-8 items-center justify-between gap-2 rounded-md border bg-subtle pr-0.5 pl-2.5 text-fg-muted">
            <span className="truncate">
              {stored.hint || "••••"}, version {stored.version}
            </span>
            <Button size="sm" variant="ghost" onClick={() => setReplacing(true)}>
              Replace
            </Button>
          </span>
        </div>
      ) : (
        <Field
          label={words.secret.label}
          help="Stored encrypted, never shown again."
          aside={
            stored ? (
              <button type="button" className="rounded hover:text-fg hover:underline" onClick={keep}>
                Keep the old one
              </button>
            ) : null
          }
        >
          <Input {...register("secret")} type="password" autoComplete="new-password" spellCheck={false} />
        </Field>
      )}
    </div>
  );
}

function OauthFields({ connection }: { connection: ConnectionView | null }) {
  const { register } = useFormContext<ConnectionForm>();
  const stored = connection?.secrets.some((secret) => secret.field === "refreshToken");
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Client id">
        <Input {...register("clientId")} autoComplete="off" />
      </Field>
      <Field label="Scope" optional>
        <Input {...register("scope")} autoComplete="off" placeholder="read write" />
      </Field>
      <Field
        label="Refresh token"
        optional
        help={stored ? "One is stored; enter another to replace it." : "Without one the client gets tokens for itself."}
      >
        <Input {...register("refreshToken")} type="password" autoComplete="new-password" spellCheck={false} />
      </Field>
    </div>
  );
}

function AddressFields() {
  const { register, formState } = useFormContext<ConnectionForm>();
  return (
    <>
      <Field
        label="Base URL"
        help="Steps give paths below it. Its host may receive the credential."
        error={formState.errors.baseUrl?.message}
      >
        <Input {...register("baseUrl")} type="url" placeholder="https://api.example.com/v1" className="font-mono text-sm" />
      </Field>
      <Field
        label="Health path"
        optional
        help="Asked with a GET whether the remote is well again, where only calls wait that must not be repeated."
        error={formState.errors.healthPath?.message}
      >
        <Input {...register("healthPath")} placeholder="/health" className="font-mono text-sm" />
      </Field>
      <Field label="More allowed hosts" optional help="One a line: host, host:port or *.domain. The credential goes to no other host.">
        <Textarea {...register("allowedHosts")} rows={2} className="font-mono text-sm" spellCheck={false} />
      </Field>
    </>
  );
}

function IsolatedField() {
  const { control } = useFormContext<ConnectionForm>();
  return (
    <Controller
      control={control}
      name="isolated"
      render={({ field }) => (
        <Switch
          checked={field.value}
          onCheckedChange={field.onChange}
          label="Isolated"
          description="No step may use it until this is switched off: for a leaked key or a system that must be left alone."
        />
      )}
    />
  );
}

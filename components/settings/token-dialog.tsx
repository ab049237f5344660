"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, problemFor } from "#components/api/client.ts";
import { useSession } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { TokenCreated } from "#lib/shared/api-types.ts";
import { scopePresets, scopeWords } from "./scopes.ts";
import { TokenShown } from "./token-shown.tsx";

const dayMs = 86_400_000;

const expiryOptions = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
] as const;
type Expiry = (typeof expiryOptions)[number]["value"];

/** Makes a token, then shows it: this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (input: { name: string; scopes: string[]; expiresAt: string | null }) => api.post<TokenCreated>("/tokens", input),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  if (create.data) return <TokenShown token={create.data} onClose={onClose} />;
  return <TokenForm create={create} onClose={onClose} />;
}

interface TokenFormProps {
  create: {
    mutate: (input: { name: string; scopes: string[]; expiresAt: string | null }) => void;
    isPending: boolean;
    error: Error | null;
  };
  onClose: () => void;
}

function TokenForm({ create, onClose }: TokenFormProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [expiry, setExpiry] = useState<Expiry>("90");
  const reason = name.trim() === "" ? "Enter a name" : scopes.length === 0 ? "Choose at least one scope" : null;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (reason || create.isPending) return;
    const expiresAt = expiry === "never" ? null : new Date(Date.now() + Number(expiry) * dayMs).toISOString();
    create.mutate({ name: name.trim(), scopes: [...scopes], expiresAt });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title="New API token"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" loading={create.isPending} disabledReason={reason} onClick={() => submit()}>
            Create token
          </Button>
        </>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={problemFor(create.error, "name")}>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={120}
              placeholder="What uses it"
              autoComplete="off"
            />
          </Field>
          <Field label="Expires">
            <Select options={expiryOptions} value={expiry} onValueChange={setExpiry} />
          </Field>
        </div>
        <ScopeFields scopes={scopes} onScopesChange={setScopes} />
        <ErrorLine error={create.error} />
      </form>
    </Dialog>
  );
}

function ScopeFields({ scopes, onScopesChange }: { scopes: readonly string[]; onScopesChange: (scopes: readonly string[]) => void }) {
  const { permissions } = useSession();
  const offered = permissions.filter((permission) => permission in scopeWords);
  return (
    <fieldset>
      <legend className="font-medium text-sm">Scopes</legend>
      <div className="mt-1 mb-2 flex flex-wrap gap-2">
        {scopePresets.map((preset) => (
          <Button key={preset.label} size="sm" onClick={() => onScopesChange(preset.scopes.filter((scope) => permissions.includes(scope)))}>
            {preset.label}
          </Button>
        ))}
        <Button size="sm" onClick={() => onScopesChange(offered)}>
          Everything
        </Button>
      </div>
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            checked={scopes.includes(scope)}
            onCheckedChange={(checked) => onScopesChange(checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
            label={<span className="font-mono text-sm">{scope}</span>}
            description={scopeWords[scope]}
          />
        ))}
      </div>
    </fieldset>
  );
}

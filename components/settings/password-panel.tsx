"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { problemFor } from "#components/api/client.ts";
import { changePassword } from "#components/api/sign-in.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";

const minLength = 10;

/** A new password. The hidden user name tells password managers whose it is. */
export function PasswordPanel({ email }: { email: string }) {
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setCurrent("");
      setNew("");
      toast.success("Password changed", { description: "Your other sessions were signed out." });
    },
  });
  const reason =
    currentPassword === ""
      ? "Enter your current password"
      : newPassword.length < minLength
        ? `The new one needs ${minLength} characters`
        : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!reason && !change.isPending) change.mutate({ currentPassword, newPassword });
  };
  return (
    <Panel title="Password">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Current password" error={problemFor(change.error, "currentPassword")}>
            <Input
              type="password"
              autoComplete="current-password"
              value={currentPassword}
              onChange={(event) => setCurrent(event.target.value)}
            />
          </Field>
          <Field label="New password" help={`At least ${minLength} characters.`}>
            <Input type="password" autoComplete="new-password" value={newPassword} onChange={(event) => setNew(event.target.value)} />
          </Field>
        </div>
        {change.error && !problemFor(change.error, "currentPassword") ? <ErrorLine error={change.error} /> : null}
        <Button type="submit" className="self-start" loading={change.isPending} disabledReason={reason}>
          Change password
        </Button>
      </form>
    </Panel>
  );
}

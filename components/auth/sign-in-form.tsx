"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { signIn } from "#components/api/sign-in.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "./password-input.tsx";

/** E-mail and password; used by the page and by the dialog of an ended session. */
export function SignInForm({ email: knownEmail = "", onSignedIn }: { email?: string; onSignedIn: () => void }) {
  const [email, setEmail] = useState(knownEmail);
  const [password, setPassword] = useState("");
  const mutation = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!mutation.isPending) mutation.mutate({ email, password });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail">
        <Input
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus={knownEmail === ""}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          className="h-9"
        />
      </Field>
      <Field label="Password">
        <PasswordInput
          name="password"
          autoComplete="current-password"
          required
          autoFocus={knownEmail !== ""}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <ErrorLine error={mutation.error} />
      <Button type="submit" variant="primary" size="lg" loading={mutation.isPending}>
        {mutation.isPending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useForm } from "react-hook-form";
import * as z from "zod";
import { api, problemFor } from "#components/api/client.ts";
import { signIn } from "#components/api/sign-in.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useZone } from "#components/ui/preferences.ts";
import { AuthPage } from "./auth-page.tsx";
import { PasswordInput } from "./password-input.tsx";

const minPassword = 10;

const formSchema = z.object({
  token: z.string().trim().min(1, "Paste the token the server printed"),
  name: z.string().trim().min(1, "Enter your name").max(120),
  email: z.email("Enter an e-mail address"),
  password: z.string().min(minPassword, `At least ${minPassword} characters`).max(200),
});

type SetupForm = z.infer<typeof formSchema>;

async function setUp(input: SetupForm) {
  await api.post("/setup", input, { anonymous: true });
  await signIn({ email: input.email, password: input.password });
}

export function SetupPage() {
  const router = useRouter();
  const zone = useZone();
  const linkToken = useSearchParams().get("token") ?? "";
  const needed = useQuery({ queryKey: ["setup"], queryFn: () => api.get<{ needed: boolean }>("/setup", { anonymous: true }) });
  const { register, handleSubmit, formState } = useForm<SetupForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { token: linkToken, name: "", email: "", password: "" },
  });
  const mutation = useMutation({ mutationFn: setUp, onSuccess: () => router.replace("/workflows") });
  const errorOf = (field: keyof SetupForm) => formState.errors[field]?.message ?? problemFor(mutation.error, field);

  if (needed.data?.needed === false && !mutation.isPending && !mutation.isSuccess) {
    return (
      <AuthPage title="Already set up" description="The first account exists. Sign in with it, or ask its owner for one.">
        <ButtonLink href="/sign-in" variant="primary">
          Go to sign-in
        </ButtonLink>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Create the first account" description="It owns this instance. Nothing leaves this machine.">
      <form onSubmit={handleSubmit((input) => mutation.mutate(input))} className="flex flex-col gap-4" noValidate>
        {linkToken ? null : (
          <Field
            label="Setup token"
            help="Sluice printed a setup link when it started; the token is its last part."
            error={errorOf("token")}
          >
            <Input {...register("token")} autoComplete="one-time-code" className="h-9 font-mono" />
          </Field>
        )}
        <Field label="Name" error={errorOf("name")}>
          <Input {...register("name")} autoComplete="name" autoFocus className="h-9" />
        </Field>
        <Field label="E-mail" error={errorOf("email")}>
          <Input {...register("email")} type="email" autoComplete="username" className="h-9" />
        </Field>
        <Field label="Password" help={`At least ${minPassword} characters. A sentence is fine.`} error={errorOf("password")}>
          <PasswordInput {...register("password")} autoComplete="new-password" />
        </Field>
        <p className="text-fg-muted text-sm">
          Times are shown in <span className="text-fg">{zone}</span>; change it any time in the settings.
        </p>
        <ErrorLine error={mutation.error} />
        <Button type="submit" variant="primary" size="lg" loading={mutation.isPending}>
          {mutation.isPending ? "Creating…" : "Create account"}
        </Button>
      </form>
    </AuthPage>
  );
}

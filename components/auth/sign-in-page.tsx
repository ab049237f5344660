"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { safeNext } from "#components/api/sign-in.ts";
import { AuthPage } from "./auth-page.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInPage() {
  const router = useRouter();
  const client = useQueryClient();
  const next = safeNext(useSearchParams().get("next"));
  return (
    <AuthPage
      title="Sign in"
      foot={
        <details>
          <summary className="w-fit rounded hover:text-fg">Forgot your password?</summary>
          <p className="mt-1">On the server, somebody with access can set a new one:</p>
          <code className="mt-1 block rounded border bg-bg px-2 py-1.5 font-mono">npx sluice user reset-password you@example.com</code>
        </details>
      }
    >
      <SignInForm
        onSignedIn={() => {
          client.clear();
          router.replace(next);
        }}
      />
    </AuthPage>
  );
}

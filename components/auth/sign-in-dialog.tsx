"use client";

import { useSyncExternalStore } from "react";
import { isReauthenticating, settleReauthentication, subscribeReauthentication } from "#components/api/reauthenticate.ts";
import { useSession } from "#components/api/session.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** Opens when the session has ended. Whatever was typed stays; the refused request goes out again after signing in. */
export function SignInDialog() {
  const open = useSyncExternalStore(subscribeReauthentication, isReauthenticating, () => false);
  const { user } = useSession();
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : settleReauthentication(false))}
      title="Your session has ended"
      description="Sign in again to go on. Nothing you entered is lost."
    >
      <SignInForm email={user.email} onSignedIn={() => settleReauthentication(true)} />
    </Dialog>
  );
}

import type { ReactNode } from "react";
import { SignInDialog } from "#components/auth/sign-in-dialog.tsx";
import { AppShell } from "#components/shell/app-shell.tsx";

export default function AppLayout({ children }: { children: ReactNode }) {
  return (
    <AppShell>
      {children}
      <SignInDialog />
    </AppShell>
  );
}

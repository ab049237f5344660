import type { ReactNode } from "react";
import { Logo } from "#components/ui/logo.tsx";

/** The frame of the pages shown to somebody who is not signed in. */
export function AuthPage({
  title,
  description,
  children,
  foot,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center bg-subtle px-4 pt-[14dvh] pb-8">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-2">
          <Logo className="size-6" />
          <span className="font-semibold text-lg tracking-tight">Sluice</span>
        </div>
        <div className="rounded-lg border bg-bg p-6">
          <h1 className="font-semibold text-xl">{title}</h1>
          {description ? <p className="mt-1 text-fg-muted">{description}</p> : null}
          <div className="mt-5">{children}</div>
        </div>
        {foot ? <div className="mt-4 text-fg-muted text-sm">{foot}</div> : null}
      </div>
    </main>
  );
}

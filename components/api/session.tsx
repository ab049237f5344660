"use client";

import { queryOptions, useQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { createContext, type ReactNode, use, useEffect } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { SkeletonGate } from "#components/ui/skeleton.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import type { SessionView } from "#lib/shared/api-types.ts";
import { ApiFailure, api } from "./client.ts";

const sessionStaleMs = 60_000;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api.get<SessionView>("/session", { signal, anonymous: true }),
  staleTime: sessionStaleMs,
});

const SessionContext = createContext<SessionView | null>(null);

/** Who is signed in. Only inside `SessionGate`. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession outside of SessionGate");
  return session;
}

/** Null when the signed-in person holds a permission, else the reason for a disabled control. The server decides again. */
export function useDenied(permission: string): string | null {
  const session = useSession();
  return session.permissions.includes(permission) ? null : `Your role (${session.role}) may not do this`;
}

async function whereToGo(asked: string): Promise<string> {
  const setup = await api.get<{ needed: boolean }>("/setup", { anonymous: true }).catch(() => ({ needed: false }));
  return setup.needed ? "/setup" : `/sign-in?next=${encodeURIComponent(asked)}`;
}

/** Shows its children to somebody signed in; others go to the sign-in page and come back to this address. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery);
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams().toString();
  const signedOut = session.error instanceof ApiFailure && session.error.status === 401;

  useEffect(() => {
    if (!signedOut || session.data) return;
    void whereToGo(search ? `${pathname}?${search}` : pathname).then((path) => router.replace(path));
  }, [signedOut, session.data, pathname, search, router]);

  if (session.data) return <SessionContext value={session.data}>{children}</SessionContext>;
  if (session.error && !signedOut) {
    return (
      <main className="flex min-h-dvh items-center justify-center">
        <ErrorState
          title="Sluice could not be reached"
          error={session.error}
          onRetry={() => void session.refetch()}
          retrying={session.isFetching}
        />
      </main>
    );
  }
  return (
    <main className="flex min-h-dvh items-center justify-center text-fg-subtle">
      <SkeletonGate>
        <Spinner className="size-5" />
      </SkeletonGate>
    </main>
  );
}

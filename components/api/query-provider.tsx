"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiFailure } from "./client.ts";

const staleMs = 5_000;
const retries = 2;

/** Worth asking again: the network and the server's own trouble, never a refusal. */
function mayRetry(count: number, error: unknown): boolean {
  if (!(error instanceof ApiFailure)) return false;
  return count < retries && (error.code === "network" || error.status >= 502);
}

function makeClient() {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: staleMs, retry: mayRetry, retryDelay: (count) => 400 * 2 ** count, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { LedgerView, SandboxTargetView } from "#lib/shared/sandbox-types.ts";

/** Targets are called by runs, not by this page: without a stream message of their own they are asked for again. */
const pollMs = 3_000;
const pageSize = 50;

export const targetsQuery = queryOptions({
  queryKey: ["sandbox-targets"],
  queryFn: ({ signal }) => api.get<Page<SandboxTargetView>>("/sandbox-targets", { signal }),
  refetchInterval: pollMs,
});

export function ledgerQuery(name: string) {
  return infiniteQueryOptions({
    queryKey: ["sandbox-ledger", name],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<LedgerView>(`/sandbox-targets/${name}/ledger`, { signal, query: { cursor: pageParam, limit: pageSize } }),
    getNextPageParam: (page: LedgerView) => page.nextCursor,
    refetchInterval: pollMs,
  });
}

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { AuditEntry, MemberView, Page, TokenView } from "#lib/shared/api-types.ts";

const pageSize = 50;

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => api.get<Page<TokenView>>("/tokens", { signal }),
});

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: ({ signal }) => api.get<Page<MemberView>>("/members", { signal }),
});

export function auditQuery(entityType: string | null) {
  return infiniteQueryOptions({
    queryKey: ["audit-log", entityType],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<AuditEntry>>("/audit-log", { signal, query: { entityType, cursor: pageParam, limit: pageSize } }),
    getNextPageParam: (page: Page<AuditEntry>) => page.nextCursor,
  });
}

import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page, TemplateView } from "#lib/shared/api-types.ts";

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: ({ signal }) => api.get<Page<TemplateView> | TemplateView[]>("/templates", { signal }),
  select: (answer) => (Array.isArray(answer) ? answer : answer.items),
  staleTime: Number.POSITIVE_INFINITY,
});

import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";

export const savedViewsQuery = queryOptions({
  queryKey: ["saved-views", "runs"],
  queryFn: ({ signal }) => api.get<Page<SavedViewView>>("/saved-views", { signal, query: { screen: "runs" } }),
});

import { queryOptions } from "@tanstack/react-query";
import { allPages } from "#components/api/all-pages.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";

const pageLimit = 100;

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => allPages<ConnectionView>("/connections", { limit: pageLimit }, signal),
});

import { queryOptions } from "@tanstack/react-query";
import type { WorkflowSummary } from "#lib/shared/api-types.ts";
import { allPages } from "./all-pages.ts";

const pageLimit = 100;

/** All workflows, archived ones included: the list filters them, other screens take their names from here. */
export const workflowsQuery = queryOptions({
  queryKey: ["workflows", "all"],
  queryFn: ({ signal }) =>
    allPages<WorkflowSummary>("/workflows", { limit: pageLimit, state: ["draft", "live", "paused", "archived"] }, signal),
});

import type { Query } from "#components/api/client.ts";
import type { RunSummary } from "#lib/shared/api-types.ts";

export type BulkAction = "replay" | "cancel" | "move";

/** What is chosen: some rows, or all that a query finds. The query's end is fixed, so that nothing new joins. */
export type BulkTarget = { kind: "rows"; rows: readonly RunSummary[] } | { kind: "query"; query: Query };

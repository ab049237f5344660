import { type inferParserType, parseAsArrayOf, parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs";
import type { Query } from "#components/api/client.ts";
import { lastRangeMs, lastRanges } from "#components/ui/time-range.tsx";
import { runStatuses } from "#lib/shared/statuses.ts";

/** What the address of the run list says. */
export const runFilterParsers = {
  status: parseAsArrayOf(parseAsStringLiteral(runStatuses)).withDefault([]),
  workflow: parseAsString,
  version: parseAsInteger,
  mode: parseAsStringLiteral(["live", "test"]),
  last: parseAsStringLiteral(lastRanges),
  from: parseAsString,
  to: parseAsString,
  q: parseAsString.withDefault(""),
};

export type RunFilter = inferParserType<typeof runFilterParsers>;

export function isFiltered(filter: RunFilter): boolean {
  const { status, workflow, version, mode, last, from, to, q } = filter;
  return status.length > 0 || q !== "" || [workflow, version, mode, last, from, to].some((each) => each !== null);
}

/** The filter as GET /runs wants it. A relative range is counted from `nowMs`. */
export function toRunsQuery(filter: RunFilter, nowMs: number): Query {
  return {
    status: filter.status,
    workflowId: filter.workflow,
    version: filter.version,
    mode: filter.mode,
    from: filter.last ? new Date(nowMs - lastRangeMs[filter.last]).toISOString() : filter.from,
    to: filter.to,
    q: filter.q.trim(),
  };
}

import { type inferParserType, parseAsArrayOf, parseAsBoolean, parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs";
import type { Query } from "#components/api/client.ts";
import { lastRangeMs, lastRanges } from "#components/ui/time-range.tsx";
import { runStatuses } from "#lib/shared/statuses.ts";

/** Which time a range is of; "received" when the address does not say. */
export const rangeTimes = ["started", "ended"] as const;

/** What the address of the run list says. */
export const runFilterParsers = {
  status: parseAsArrayOf(parseAsStringLiteral(runStatuses)).withDefault([]),
  workflow: parseAsString,
  version: parseAsInteger,
  trigger: parseAsArrayOf(parseAsString).withDefault([]),
  mode: parseAsStringLiteral(["live", "test"]),
  node: parseAsString,
  error: parseAsString,
  key: parseAsString,
  field: parseAsString,
  attr: parseAsString,
  /** Seconds. */
  longer: parseAsInteger,
  attempts: parseAsInteger,
  replayed: parseAsBoolean,
  by: parseAsStringLiteral(rangeTimes),
  last: parseAsStringLiteral(lastRanges),
  from: parseAsString,
  to: parseAsString,
  q: parseAsString.withDefault(""),
};

export type RunFilter = inferParserType<typeof runFilterParsers>;

export function isFiltered(filter: RunFilter): boolean {
  const { by: _, ...rest } = filter;
  return Object.values(rest).some((each) => each !== null && each !== "" && !(Array.isArray(each) && each.length === 0));
}

/** The filter as GET /runs wants it. A relative range is counted from `nowMs`. */
export function toRunsQuery(filter: RunFilter, nowMs: number): Query {
  const from = filter.last ? new Date(nowMs - lastRangeMs[filter.last]).toISOString() : filter.from;
  return {
    status: filter.status,
    workflowId: filter.workflow,
    version: filter.version,
    trigger: filter.trigger,
    mode: filter.mode,
    node: filter.node,
    error: filter.error,
    key: filter.key,
    field: filter.field,
    attr: filter.attr,
    minDurationMs: filter.longer === null ? null : filter.longer * 1_000,
    minAttempts: filter.attempts,
    replayed: filter.replayed,
    by: from === null && filter.to === null ? null : filter.by,
    from,
    to: filter.to,
    q: filter.q.trim(),
  };
}

/** The filters that stand behind "More", in words: each can be taken away. */
export function pillsOf(filter: RunFilter): { key: keyof RunFilter; text: string }[] {
  const pills: { key: keyof RunFilter; text: string | null }[] = [
    { key: "mode", text: filter.mode && (filter.mode === "live" ? "Live only" : "Test only") },
    { key: "version", text: filter.version === null ? null : `Version ${filter.version}` },
    { key: "node", text: filter.node && `Failed at ${filter.node}` },
    { key: "error", text: filter.error && `Error has “${filter.error}”` },
    { key: "key", text: filter.key && `Key ${filter.key}` },
    { key: "attr", text: filter.attr && `Attribute ${filter.attr}` },
    { key: "field", text: filter.field && `Payload ${filter.field}` },
    { key: "longer", text: filter.longer === null ? null : `At least ${filter.longer} s` },
    { key: "attempts", text: filter.attempts === null ? null : `A step tried ${filter.attempts}× or more` },
    { key: "replayed", text: filter.replayed === null ? null : filter.replayed ? "Has a replay" : "Has no replay" },
    { key: "by", text: filter.by === null ? null : filter.by === "started" ? "By start" : "By end" },
  ];
  return pills.flatMap(({ key, text }) => (text ? [{ key, text }] : []));
}

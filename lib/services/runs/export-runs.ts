import type { RunSummary } from "#lib/shared/api-types.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { RunAttributeView } from "#lib/shared/run-attribute-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { listRuns } from "./list-runs.ts";
import { readAttributes } from "./run-attributes.ts";
import type { ExportRunsInput } from "./schemas.ts";

/** More runs are not exported at once: narrow the filter, for example by time. */
export const maxExported = 100_000;
const pageSize = 200;

/** A run with what it is found by. */
type Exported = RunSummary & { attributes: JsonObject };

const columns: readonly [name: string, of: (run: Exported) => string | number | boolean | null][] = [
  ["id", (run) => run.id],
  ["workflowId", (run) => run.workflowId],
  ["workflowName", (run) => run.workflowName],
  ["version", (run) => run.version],
  ["mode", (run) => run.mode],
  ["status", (run) => run.status],
  ["retried", (run) => run.retried],
  ["triggerType", (run) => run.triggerType],
  ["createdAt", (run) => run.createdAt],
  ["startedAt", (run) => run.startedAt],
  ["finishedAt", (run) => run.finishedAt],
  ["durationMs", (run) => run.durationMs],
  ["queueMs", (run) => run.queueMs],
  ["errorNode", (run) => run.error?.nodeId ?? null],
  ["errorCode", (run) => run.error?.code ?? null],
  ["errorMessage", (run) => run.error?.message ?? null],
  [
    "attributes",
    ({ attributes }) =>
      Object.entries(attributes)
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
  ],
];

/** The runs of a list as CSV or as one JSON object a line, written while they are read: a page is in memory at a time. */
export function exportRuns({ ctx, input }: { ctx: Context; input: ExportRunsInput }): {
  contentType: string;
  lines: AsyncGenerator<string>;
} {
  authorize(ctx.actor, "runs:read");
  const { format, ...filter } = input;
  const contentType = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
  return { contentType, lines: format === "csv" ? csvLines(ctx, filter) : jsonLines(ctx, filter) };
}

async function* csvLines(ctx: Context, filter: Filter): AsyncGenerator<string> {
  yield `${columns.map(([name]) => name).join(",")}\r\n`;
  for await (const run of allRuns(ctx, filter)) yield `${columns.map(([, of]) => cell(of(run))).join(",")}\r\n`;
}

async function* jsonLines(ctx: Context, filter: Filter): AsyncGenerator<string> {
  for await (const run of allRuns(ctx, filter)) yield `${JSON.stringify(run)}\n`;
}

type Filter = Omit<ExportRunsInput, "format">;

async function* allRuns(ctx: Context, filter: Filter): AsyncGenerator<Exported> {
  let exported = 0;
  let cursor: string | undefined;
  do {
    const page = await listRuns({ ctx, input: { ...filter, cursor, limit: Math.min(pageSize, maxExported - exported) } });
    const attributes = await readAttributes(
      ctx,
      page.items.map((run) => run.id),
    );
    for (const run of page.items) yield { ...run, attributes: valuesOf(attributes.get(run.id) ?? []) };
    exported += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && exported < maxExported);
}

function valuesOf(attributes: readonly RunAttributeView[]): JsonObject {
  return Object.fromEntries(attributes.filter(({ value }) => value !== null).map(({ name, value }) => [name, value]));
}

/** A spreadsheet takes a text that begins like a formula for one; the apostrophe tells it not to. */
function cell(value: string | number | boolean | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

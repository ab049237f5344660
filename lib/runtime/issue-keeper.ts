import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { healthRules } from "#lib/policies/health.ts";
import { healthyRuns, type IssueFacts, judgeIssue, type Snooze } from "#lib/policies/issue.ts";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import { newId } from "#lib/shared/ids.ts";

const readFacts = statement(new URL("./sql/read-issue-facts.sql", import.meta.url));
const putVerdicts = statement(new URL("./sql/put-issue-verdicts.sql", import.meta.url));

interface FactsRow {
  id: string;
  type: string;
  status: IssueFacts["status"];
  escalating: boolean;
  snooze: string | null;
  count: number;
  live_version: number | null;
  now_ms: number;
  first_seen_ms: number;
  last_seen_ms: number;
  last_5_minutes: number;
  last_hour: number;
  week_before: number;
  successes_since: number;
}

/** Before every id there is. */
const beforeAll = "00000000-0000-0000-0000-000000000000";

/** Looks through all unsettled issues and does what is due: ends snoozes, resolves what is over, marks what escalates. Idempotent. */
export async function keepIssues(pool: pg.Pool): Promise<void> {
  let page = await readPage(pool, beforeAll);
  while (page.length > 0) {
    const judged = page.flatMap((row) => {
      const verdict = judgeIssue(toFacts(row));
      return verdict === null ? [] : [{ row, verdict }];
    });
    if (judged.length > 0) {
      const values = [
        judged.map(({ row }) => row.id),
        judged.map(({ row }) => row.status),
        judged.map(({ row }) => row.count),
        judged.map(({ verdict }) => verdict.act),
        judged.map(({ verdict }) => verdict.reason),
        judged.map(() => newId()),
      ];
      await pool.query({ ...putVerdicts, values });
    }
    page = await readPage(pool, page.at(-1)?.id ?? beforeAll);
  }
}

async function readPage(pool: pg.Pool, after: string): Promise<FactsRow[]> {
  const { rows } = await pool.query<FactsRow>({ ...readFacts, values: [after, healthyRuns] });
  return rows;
}

function toFacts(row: FactsRow): IssueFacts {
  return {
    status: row.status,
    escalating: row.escalating,
    ofState: isHealthKind(row.type) ? { over: row.now_ms - row.last_seen_ms >= healthRules[row.type].calmMs } : null,
    snooze: row.snooze === null ? null : toSnooze(row.snooze),
    count: row.count,
    liveVersion: row.live_version,
    now: row.now_ms,
    firstSeenAtMs: row.first_seen_ms,
    lastSeenAtMs: row.last_seen_ms,
    last5Minutes: row.last_5_minutes,
    lastHour: row.last_hour,
    weekBefore: row.week_before,
    successesSince: row.successes_since,
  };
}

/** Written by the service that snoozes; older ones have an end in time alone. */
function toSnooze(text: string): Snooze {
  const stored = JSON.parse(text) as {
    until?: string;
    moreItems?: number;
    ratePerMinute?: number;
    newerVersion?: boolean;
    countAt?: number;
    versionAt?: number | null;
  }; // safe because the service's schema checked it
  return {
    untilMs: stored.until === undefined ? null : Date.parse(stored.until),
    moreItems: stored.moreItems ?? null,
    ratePerMinute: stored.ratePerMinute ?? null,
    newerVersion: stored.newerVersion ?? false,
    countAt: stored.countAt ?? 0,
    versionAt: stored.versionAt ?? null,
  };
}

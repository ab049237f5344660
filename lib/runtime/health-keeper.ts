import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { healthRules, healthTitle } from "#lib/policies/health.ts";
import { healthKinds } from "#lib/shared/health-kinds.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import {
  backlogs,
  brokenRemotes,
  exhaustedBudgets,
  type HealthFact,
  lateStarts,
  lostProcesses,
  missedStarts,
  silentTriggers,
} from "./health-facts.ts";

const putIssues = statement(new URL("./sql/put-health-issues.sql", import.meta.url));
const settleIssues = statement(new URL("./sql/settle-health-issues.sql", import.meta.url));

/** How often each worker looks. */
export const healthEveryMs = 15_000;
/** A state that was not seen for so long has ended meanwhile; seen again, it counts anew. */
const gapMs = 3 * healthEveryMs;
/** As many as the statement settles at a time. */
const settledAtOnce = 100;

const readers = [brokenRemotes, exhaustedBudgets, backlogs, missedStarts, lateStarts, lostProcesses, silentTriggers];

/**
 * Looks for what is wrong and has no item in the inbox to show for it, and keeps an issue for each: opened once, told once, over when the
 * state of things is. Every worker does it; that several do at once changes nothing. A look that fails does not keep the others back.
 */
export async function keepHealth({ pool, logger }: { pool: pg.Pool; logger: Logger }): Promise<void> {
  const facts: HealthFact[] = [];
  for (const read of readers) {
    try {
      facts.push(...(await read(pool)));
    } catch (error) {
      logger.warn({ err: error, look: read.name }, "the state of things could not be looked at");
    }
  }
  if (facts.length > 0) await pool.query({ ...putIssues, values: [...columns(facts), gapMs] });
  const ids = Array.from({ length: settledAtOnce }, () => newId());
  const rules = healthKinds.map((kind) => healthRules[kind]);
  await pool.query({
    ...settleIssues,
    values: [healthKinds, rules.map((rule) => rule.calmMs), rules.map((rule) => rule.escalatesAfterMs), ids],
  });
}

function columns(facts: readonly HealthFact[]): unknown[][] {
  return [
    facts.map(() => newId()),
    facts.map((fact) => fact.workspaceId),
    facts.map((fact) => fact.kind),
    facts.map((fact) => [fact.kind, ...fact.about].join(" ")),
    facts.map((fact) => healthTitle(fact.kind, fact.subject)),
    facts.map((fact) => fact.workflowId),
    facts.map((fact) => fact.nodeId),
    facts.map((fact) => fact.connectionId),
    facts.map((fact) => fact.seenAtMs),
    facts.map((fact) => JSON.stringify(fact.times)),
  ];
}

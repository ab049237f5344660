import type { PollStatus } from "#lib/shared/api-types.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { readJson } from "../json-column.ts";
import type { Transaction } from "../transaction.ts";

/** How the poll triggers among these fare, by the trigger's id. */
export async function readPolls(
  client: Pick<Transaction, "pollState">,
  triggers: readonly { id: string; type: string; enabled: boolean }[],
): Promise<Map<string, PollStatus>> {
  const polls = triggers.filter(({ type }) => type === "poll");
  if (polls.length === 0) return new Map();
  const rows = await client.pollState.findMany({ where: { triggerId: { in: polls.map(({ id }) => id) } } });
  const enabled = new Set(polls.filter((trigger) => trigger.enabled).map(({ id }) => id));
  return new Map(
    rows.map((row) => [
      row.triggerId,
      {
        lastPolledAt: row.lastPolledAt?.toISOString() ?? null,
        lastOkAt: row.lastOkAt?.toISOString() ?? null,
        nextPollAt: enabled.has(row.triggerId) ? row.nextPollAt.toISOString() : null,
        failures: row.failures,
        lastError: row.lastError === null ? null : toError(row.lastError),
        cursor: row.cursor === null ? null : readJson(row.cursor),
        begun: row.seeded,
      },
    ]),
  );
}

function toError(text: string): PollStatus["lastError"] {
  const error = readJson(text);
  if (!isJsonObject(error)) return null;
  return { code: String(error.code ?? ""), message: String(error.message ?? "") };
}

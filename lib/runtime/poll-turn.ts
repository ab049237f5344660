import { toNodeError } from "#lib/engine/failure.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { NodeError, type NodeRunner, type PolledPage } from "#lib/nodes/runner.ts";
import { normalizeKey } from "#lib/policies/idempotency-key.ts";
import { cursorBefore, isTurnOver, laterCursor, maxSweepPages, type Sweep } from "#lib/policies/poll-trigger.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { openCall, type PollCaller, PutOff } from "./poll-call.ts";

/** What the author wants of a poll, of the config with its defaults. */
export interface PollSettings {
  cursor: { from: "none" | "item" | "response" | "time" };
  overlapMs: number;
  everyMs: number;
  pagination: { maxPages?: number };
}

export interface Turn {
  sweep: Sweep;
  /** The list was read to its end. */
  done: boolean;
  /** What was read, by key, in its order. */
  items: Map<string, JsonValue>;
  /** What cut the turn off; null: nothing. */
  error: NodeError | PutOff | null;
}

/** A sweep that begins. Throws NodeError when nothing can be said to be before the cursor. */
export function beginSweep({ overlapMs }: PollSettings, cursor: JsonValue, nowMs: number): Sweep {
  const before = cursorBefore(cursor, overlapMs);
  if (before === null)
    throw new NodeError("permanent", "overlap_needs_time", `nothing can be read again before ${JSON.stringify(cursor)}: it is no time`);
  return { request: null, cursor: before.cursor, next: null, pages: 0, reached: null, startedAtMs: nowMs };
}

/** Where the list is read to once the sweep has come to its end. A cursor of items never goes back. */
export function cursorAfter({ cursor: { from } }: PollSettings, before: JsonValue, sweep: Sweep): JsonValue {
  if (from === "none") return null;
  if (from === "time") return new Date(sweep.startedAtMs).toISOString();
  return from === "item" ? laterCursor(before, sweep.reached) : (sweep.reached ?? before);
}

interface Reading {
  caller: PollCaller;
  runner: NodeRunner;
  config: JsonObject;
  settings: PollSettings;
  sweep: Sweep;
  vars: JsonObject;
  /** Before each page but the first. False: the poll is somebody else's by now. */
  keep(): Promise<boolean>;
}

/** Reads pages until the list or the turn is over, or something stands against it. Null: the poll is lost. Whatever was read counts. */
export async function readTurn(reading: Reading): Promise<Turn | null> {
  const { caller, settings, keep } = reading;
  const turn: Turn = { sweep: { ...reading.sweep }, done: false, items: new Map(), error: null };
  const { sweep, items } = turn;
  let length = 0;
  for (let pages = 1; ; pages++) {
    if (pages > 1 && !(await keep())) return null;
    try {
      const page = await readPage(reading, sweep);
      take(turn, page, settings);
      length += page.length;
    } catch (thrown) {
      turn.error = thrown instanceof PutOff ? thrown : toNodeError(thrown);
      return turn;
    }
    await failpoint("poll-read", `${caller.triggerId}/${sweep.pages}`);
    turn.done = sweep.next === null;
    if (turn.done || caller.signal.aborted || isTurnOver({ pages, items: items.size, length }, settings.pagination.maxPages ?? 1))
      return turn;
  }
}

async function readPage({ caller, runner, config, vars }: Reading, sweep: Sweep): Promise<PolledPage> {
  if (sweep.pages >= maxSweepPages)
    throw new NodeError(
      "permanent",
      "endless_pages",
      `the list has not ended after ${maxSweepPages} pages: ask for less, or say when to stop`,
    );
  if (!runner.readPage) throw new NodeError("code", "no_pages", "this trigger reads no pages");
  const fields = caller.connection?.fields ?? {};
  const now = caller.now();
  const evaluate = createEvaluate({ trigger: null, steps: {}, run: {}, vars, connection: fields, now: new Date(now).toISOString() });
  const call = openCall(caller, evaluate);
  let error: NodeError | PutOff | null = null;
  try {
    return await runner.readPage({ config, at: sweep, context: { now, evaluate, outbound: call.send } });
  } catch (thrown) {
    error = thrown instanceof PutOff ? thrown : toNodeError(thrown);
    throw error;
  } finally {
    await call.end(error);
  }
}

/** Adds a page as a whole, or throws. */
function take(turn: Turn, page: PolledPage, settings: PollSettings): void {
  const { sweep, items } = turn;
  const keyed = page.items.map(({ item, key }, index) => {
    const result = normalizeKey(key);
    if (!result.ok) throw new NodeError("permanent", "item_key", `item ${index + 1} cannot be told from others. ${result.problem}`);
    return [result.key, item] as const;
  });
  for (const [key, item] of keyed) if (!items.has(key)) items.set(key, item);
  if (settings.cursor.from === "item") for (const { cursor } of page.items) sweep.reached = laterCursor(sweep.reached, cursor);
  else if (page.cursor !== null && page.cursor !== "") sweep.reached = page.cursor;
  sweep.request = page.request;
  sweep.next = page.next;
  sweep.pages += 1;
}

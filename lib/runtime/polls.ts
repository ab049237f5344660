import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { toFailure, toNodeError } from "#lib/engine/failure.ts";
import { type Acceptance, acceptEach, dedupeHash, type Intake } from "#lib/engine/ledger/intake.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { Failure } from "#lib/engine/run-state.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import { keepsPlace, nextPollInMs, type Sweep, tellAfterFailures } from "#lib/policies/poll-trigger.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import { callTimeoutMs, type PollCaller, type PollPorts, PutOff } from "./poll-call.ts";
import { beginSweep, cursorAfter, type PollSettings, readTurn, type Turn } from "./poll-turn.ts";
import { type VersionedTrigger, versionChooser } from "./trigger-version.ts";

const claimPolls = statement(new URL("./sql/claim-polls.sql", import.meta.url));
const keepPoll = statement(new URL("./sql/keep-poll.sql", import.meta.url));
const knownKeys = statement(new URL("./sql/known-keys.sql", import.meta.url));
const letGoPoll = statement(new URL("./sql/let-go-poll.sql", import.meta.url));
const lockPoll = statement(new URL("./sql/lock-poll.sql", import.meta.url));
const lockPollTrigger = statement(new URL("./sql/lock-poll-trigger.sql", import.meta.url));
const noteKeys = statement(new URL("./sql/note-keys.sql", import.meta.url));
const settlePoll = statement(new URL("./sql/settle-poll.sql", import.meta.url));

const tickMs = 1_000;
/** Of one worker. */
const maxAtOnce = 8;
/** One call and what comes with it; each call of a turn renews it. */
const leaseMs = callTimeoutMs + 30_000;
/** An item is known for so long after it was last listed. */
const rememberMs = 35 * 86_400_000;
/** Runs that one statement starts. */
const batch = 500;
/** Behind whatever comes in live. */
const bulkPriority = 10;

interface PollRow extends VersionedTrigger {
  id: string;
  workspace_id: string;
  config: string;
  fence: string;
  cursor: string | null;
  sweep: string | null;
  seeded: boolean;
  failures: number;
  last_error: string | null;
  now_ms: number;
}

/** What a turn leaves in `poll_state`. */
interface Settled {
  cursor: JsonValue;
  sweep: Sweep | null;
  seeded: boolean;
  failures: number;
  error: Failure | null;
  inMs: number;
}

interface Options {
  pool: pg.Pool;
  intake: Pick<Intake, "reject">;
  world: PollPorts;
  /** Unix ms of the database's clock, as this process knows it. */
  now(): number;
  logger: Logger;
}

/**
 * Reads the lists of poll triggers and starts a run for each new item (engine.md 1.9). Every worker does it; one at a time has a
 * trigger, under a lease with a fence. What a turn read, the keys that tell it is known, and how far the list is read are
 * committed together: whoever dies before that leaves nothing, and whoever comes too late changes nothing.
 */
export class Polls {
  readonly #options: Options;
  readonly #ending = new AbortController();
  readonly #ticks = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #active = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#active >= maxAtOnce) return;
      const ticking = this.tick()
        .catch((error: unknown) => this.#options.logger.warn({ err: error }, "polls could not be looked at"))
        .finally(() => this.#ticks.delete(ticking));
      this.#ticks.add(ticking);
    }, tickMs);
  }

  /** Cuts off the calls under way; what was read before them is stored. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await Promise.all(this.#ticks);
  }

  /** Does a turn of each poll that is due. */
  async tick(): Promise<void> {
    const { pool, logger } = this.#options;
    const { rows } = await pool.query<PollRow>({ ...claimPolls, values: [maxAtOnce - this.#active, leaseMs] });
    this.#active += rows.length;
    const turns = rows.map((row) =>
      this.#turn(row)
        .catch((error: unknown) => logger.error({ err: error, triggerId: row.id }, "a poll could not be done; it is tried again"))
        .finally(() => {
          this.#active -= 1;
        }),
    );
    await Promise.all(turns);
  }

  async #turn(row: PollRow): Promise<void> {
    const config: JsonObject = JSON.parse(row.config); // safe because publishing parsed it
    const settings = config as unknown as PollSettings; // as above
    const cursor: JsonValue = row.cursor === null ? null : JSON.parse(row.cursor);
    const turn = await this.#read(row, config, settings, cursor);
    if (turn === null) return;
    const settled = settle(row, settings, cursor, turn, this.#options);
    // Of a worker that ends, what it was at is no failure of the remote.
    if (this.#ending.signal.aborted && turn.error !== null) Object.assign(settled, { failures: row.failures, error: null, inMs: 0 });
    const stored = await this.#store(row, turn, settled);
    if (stored && settled.error !== null && settled.failures === tellAfterFailures && row.failures < tellAfterFailures) {
      await this.#tell(row, settled.error);
    }
  }

  async #read(row: PollRow, config: JsonObject, settings: PollSettings, cursor: JsonValue): Promise<Turn | null> {
    const { pool, world, now } = this.#options;
    let sweep: Sweep | null = row.sweep === null ? null : JSON.parse(row.sweep);
    try {
      sweep ??= beginSweep(settings, cursor, row.now_ms);
      const caller: PollCaller = {
        ports: world,
        now,
        triggerId: row.id,
        workspaceId: row.workspace_id,
        workflowId: row.workflow_id,
        nodeId: row.node_id,
        connection: await this.#connection(row),
        refusedBefore: row.last_error !== null && JSON.parse(row.last_error).class === "auth",
        signal: this.#ending.signal,
      };
      const keep = async () => (await pool.query({ ...keepPoll, values: [row.id, row.fence, leaseMs] })).rowCount === 1;
      const runner = await loadRunner("poll");
      return await readTurn({ caller, runner, config, settings, sweep, vars: world.vars, keep });
    } catch (thrown) {
      if (!(thrown instanceof NodeError)) throw thrown;
      return { sweep: sweep ?? emptySweep(row.now_ms), done: false, items: new Map(), error: thrown };
    }
  }

  async #connection(row: PollRow) {
    const node = documentSchema.parse(JSON.parse(row.document)).nodes.find(({ id }) => id === row.node_id);
    const id = node?.connectionId ?? null;
    return id === null ? null : await this.#options.world.connection(row.workspace_id, id);
  }

  /** All of a turn, or nothing. False: the poll is somebody else's by now, or its trigger is another. */
  async #store(row: PollRow, turn: Turn, settled: Settled): Promise<boolean> {
    const { pool } = this.#options;
    const fence = [row.id, row.fence];
    return inTransaction(pool, async (client) => {
      const trigger = await client.query({ ...lockPollTrigger, values: [row.id, row.document_id] });
      if (trigger.rowCount === 0) {
        await client.query({ ...letGoPoll, values: fence });
        return false;
      }
      if ((await client.query({ ...lockPoll, values: fence })).rowCount === 0) return false;
      const hashes = [...turn.items.keys()].map(dedupeHash);
      if (row.seeded) await this.#startNew(client, row, turn, hashes);
      else if (hashes.length > 0) await client.query({ ...noteKeys, values: [row.id, hashes, rememberMs] });
      const text = (value: JsonValue | object) => (value === null ? null : JSON.stringify(value));
      const { cursor, sweep, seeded, failures, error, inMs } = settled;
      const state = [text(cursor), text(sweep), seeded, failures, text(error), inMs, turn.done];
      await client.query({ ...settlePoll, values: [...fence, ...state] });
      return true;
    });
  }

  async #startNew(client: pg.ClientBase, row: PollRow, turn: Turn, hashes: Buffer[]): Promise<void> {
    if (hashes.length === 0) return;
    const { rows } = await client.query<{ key_hash: Buffer }>({ ...knownKeys, values: [row.id, hashes, rememberMs] });
    const known = new Set(rows.map((one) => one.key_hash.toString("hex")));
    const fresh = [...turn.items].filter(([key]) => !known.has(dedupeHash(key).toString("hex")));
    if (fresh.length === 0) return;
    const choose = versionChooser(row, "poll");
    const bulk = row.cursor === null && turn.sweep.cursor === null && fresh.length > batch;
    const acceptances = fresh.map(([key, item]) => acceptanceOf(row, choose(key), { key, item, now: this.#options.now(), bulk }));
    for (let from = 0; from < acceptances.length; from += batch) await acceptEach(client, acceptances.slice(from, from + batch));
  }

  /** Once for a row of failures; people see it as an issue, and on the trigger's list of events. */
  async #tell(row: PollRow, error: Failure): Promise<void> {
    const data = JSON.stringify({ error: { code: error.code, message: error.message }, failures: tellAfterFailures });
    const { workspace_id: workspaceId, workflow_id: workflowId, id: triggerId } = row;
    const issueTitle = `Polling has failed ${tellAfterFailures} times in a row: ${error.message}`.slice(0, 300);
    await this.#options.intake.reject({ workspaceId, workflowId, triggerId, reason: "poll_failed", data, size: data.length, issueTitle });
  }
}

function emptySweep(startedAtMs: number): Sweep {
  return { request: null, cursor: null, next: null, pages: 0, reached: null, startedAtMs };
}

/** What follows a turn. */
function settle(row: PollRow, settings: PollSettings, cursor: JsonValue, turn: Turn, options: Options): Settled {
  const { everyMs } = settings;
  const { random } = options.world;
  const { error, sweep } = turn;
  const read = sweep.pages > 0 ? sweep : null;
  if (turn.done) {
    const inMs = nextPollInMs({ everyMs, failures: 0, random });
    return { cursor: cursorAfter(settings, cursor, sweep), sweep: null, seeded: true, failures: 0, error: null, inMs };
  }
  const same = { cursor, sweep: read, seeded: row.seeded };
  if (error === null) return { ...same, failures: 0, error: null, inMs: 0 };
  if (error instanceof PutOff) {
    const failure: Failure = { class: "throttled", code: error.code, message: error.message, details: null };
    const waitMs = error.untilMs === null ? 0 : Math.max(1, error.untilMs - options.now());
    const inMs = waitMs > 0 ? waitMs : nextPollInMs({ everyMs, failures: 0, random });
    return { ...same, failures: row.failures, error: failure, inMs };
  }
  const throttled = error.failureClass === "throttled";
  const failures = throttled ? row.failures : row.failures + 1;
  const inMs = nextPollInMs({ everyMs, failures, retryAfterMs: error.retryAfterMs, random });
  return { ...same, sweep: keepsPlace(error.failureClass, failures) ? read : null, failures, error: toFailure(toNodeError(error)), inMs };
}

function acceptanceOf(
  row: PollRow,
  { version, documentId, document: { settings } }: ReturnType<ReturnType<typeof versionChooser>>,
  { key, item, now, bulk }: { key: string; item: JsonValue; now: number; bulk: boolean },
): Acceptance {
  const data: JsonObject = { item };
  const arriving = { settings, trigger: () => data, mode: "live", now } as const;
  return {
    workspaceId: row.workspace_id,
    workflowId: row.workflow_id,
    documentId,
    version,
    mode: "live",
    triggerId: row.id,
    triggerType: "poll",
    triggerNodeId: row.node_id,
    data: JSON.stringify(data),
    // Of the key alone: an item that changes keeps it, and is no conflict.
    dedupe: { key, bodyHash: dedupeHash(key), ttlMs: rememberMs },
    runDeadlineMs: settings.runDeadlineMs,
    replayOf: null,
    priority: bulk ? bulkPriority : 0,
    gate: gateOf(arriving),
    attributes: attributesOf(arriving),
    arrival: arrivalOf(arriving),
  };
}

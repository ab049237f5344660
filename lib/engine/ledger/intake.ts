import { createHash } from "node:crypto";
import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { RunGate } from "#lib/policies/admission.ts";
import type { Arrival } from "#lib/policies/arrivals.ts";
import { keysOf, type RunKeys } from "#lib/policies/idempotency-key.ts";
import type { RunAttribute } from "#lib/policies/run-attributes.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import { newId } from "#lib/shared/ids.ts";
import { inlineLength } from "../stored-value.ts";
import type { DropReason } from "./arrival-plan.ts";
import { acceptArrivals } from "./arrivals.ts";
import type { AuditRow } from "./audit-row.ts";
import { hasAttributes, putRunAttributes } from "./run-attributes.ts";
import { inTransaction } from "./transaction.ts";

const acceptEvents = statement(new URL("./sql/accept-events.sql", import.meta.url));
const rejectEvent = statement(new URL("./sql/reject-event.sql", import.meta.url));

/** One event that is to become a run. */
export interface Acceptance {
  workspaceId: string;
  workflowId: string;
  documentId: string;
  /** Null: a run of the draft. */
  version: number | null;
  mode: "live" | "test";
  triggerId: string | null;
  triggerType: string;
  triggerNodeId: string;
  /** JSON text of what the run sees as `trigger`, secrets already masked. */
  data: string;
  /** Null: every delivery is a new event. */
  dedupe: { key: string; bodyHash: Buffer; ttlMs: number } | null;
  runDeadlineMs: number;
  replayOf: string | null;
  /** Of a replay: which idempotency keys it uses. */
  keys?: RunKeys | undefined;
  /** Lower runs sooner; 0 is usual. */
  priority: number;
  /** What the workflow's settings ask before the run may start (`gateOf`). */
  gate: RunGate | null;
  /**
   * What the workflow's settings ask of an event from outside before it may become a run: give it `arrivalOf({ settings, trigger,
   * mode, now })`, as `gate` is given `gateOf`. Absent or null: it becomes a run at once. `Intake.accept`, `acceptOne` and `acceptEach`
   * all heed it, and tell by `runId` which run took the event in, or stands for it.
   */
  arrival?: Arrival | null | undefined;
  /** By what the run is found (`attributesOf`); what a batch of events has is that of its first. */
  attributes?: readonly RunAttribute[] | undefined;
  /** Of a run that another run started. */
  origin?: RunOrigin | undefined;
  /** Whoever started it, when a person or a token did: written with the run, or not at all. */
  audit?: Omit<AuditRow, "workspaceId" | "entityId"> | undefined;
}

/** Which run started a run, and how far down it is. */
export interface RunOrigin {
  parentRunId: string | null;
  /** The step that waits for the end of the run; null when none does. */
  parentStepId: string | null;
  depth: number;
  /** The failed run that this one, or the one that called it, was started to deal with. */
  failureOf: string | null;
}

export interface Accepted {
  runId: string;
  eventId: string;
  /** The key was seen before: `runId` is the run it started then. */
  duplicate: boolean;
  /** A duplicate whose body differs from the first one's. */
  conflicting: boolean;
  /** It makes no run, by the workflow's settings: `runId` is the one that goes, or the last that was let through. */
  dropped?: DropReason | undefined;
}

export interface Rejection {
  workspaceId: string;
  workflowId: string;
  triggerId: string;
  reason: string;
  /** JSON text, secrets masked. */
  data: string;
  size: number;
  /** Of the issue that tells of refusals for this reason. Null: nobody needs to look into it. */
  issueTitle: string | null;
}

interface Prepared extends Acceptance {
  runId: string;
  eventId: string;
  keyHash: Buffer | null;
}

interface AcceptedRow {
  asked_id: string;
  run_id: string;
  event_id: string;
  duplicate: boolean;
  conflicting: boolean;
}

/** The way in for every event, whatever its trigger: what it acknowledges is committed. */
export class Intake {
  readonly #pool: pg.Pool;
  readonly #accepting: GroupCommit<Acceptance, Accepted>;
  /** Those under control of their arrivals have a way of their own: the others are not to wait for it. */
  readonly #arriving: GroupCommit<Acceptance, Accepted>;
  readonly #rejecting: GroupCommit<Rejection, void>;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
    this.#accepting = new GroupCommit({ flush: (items) => this.#accept(items), maxBatch: 250 });
    this.#arriving = new GroupCommit({ flush: (items) => this.#arrive(items), maxBatch: 250 });
    this.#rejecting = new GroupCommit({ flush: (items) => this.#reject(items), maxBatch: 250 });
  }

  /** Resolves once dedupe row, event, run and job (or timer) are committed together. Rejects, having stored nothing, when they are not. */
  accept(acceptance: Acceptance): Promise<Accepted> {
    return (acceptance.arrival ? this.#arriving : this.#accepting).add(acceptance);
  }

  /** Records a refused delivery, for people to see on the trigger. */
  reject(rejection: Rejection): Promise<void> {
    return this.#rejecting.add(rejection);
  }

  /** Events waiting to be stored. */
  get depth(): number {
    return this.#accepting.depth + this.#arriving.depth;
  }

  async #accept(items: Acceptance[]): Promise<Accepted[]> {
    const owners = new Map<string, Prepared>();
    const batch: Prepared[] = [];
    // Repeats within the batch follow the first of their kind; the database only sees each key once.
    const followed = items.map((item) => {
      const prepared = prepare(item);
      if (!prepared.keyHash) {
        batch.push(prepared);
        return prepared;
      }
      const name = `${item.triggerId ?? item.workflowId} ${prepared.keyHash.toString("hex")}`;
      const owner = owners.get(name);
      if (owner) return owner;
      owners.set(name, prepared);
      batch.push(prepared);
      return prepared;
    });
    const at = items[0]?.workflowId ?? "";
    await failpoint("events-taken", at);
    const rows = await this.#store(batch);
    await failpoint("events-committed", at);
    const byAsked = new Map(rows.map((row) => [row.asked_id, row]));
    const answered = new Set<string>();
    return items.map((item, index) => {
      const prepared = followed[index];
      const row = prepared && byAsked.get(prepared.runId);
      if (!prepared || !row) throw new Error("the intake statement returned no row for an event");
      const first = !answered.has(prepared.runId);
      answered.add(prepared.runId);
      const sameBody = !item.dedupe || !prepared.dedupe || item.dedupe.bodyHash.equals(prepared.dedupe.bodyHash);
      return {
        runId: row.run_id,
        eventId: row.event_id,
        duplicate: row.duplicate || !first,
        conflicting: first ? row.conflicting : !sameBody,
      };
    });
  }

  /** A batch without attributes is one statement, and no transaction. */
  async #store(batch: Prepared[]): Promise<AcceptedRow[]> {
    const accepting = { ...acceptEvents, values: columns(batch) };
    if (!batch.some(hasAttributes)) return (await this.#pool.query<AcceptedRow>(accepting)).rows;
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<AcceptedRow>(accepting);
      const made = new Set(rows.flatMap((row) => (row.duplicate ? [] : [row.asked_id])));
      await putRunAttributes(
        client,
        batch.filter((item) => made.has(item.runId)),
      );
      return rows;
    });
  }

  async #arrive(items: Acceptance[]): Promise<Accepted[]> {
    const at = items[0]?.workflowId ?? "";
    await failpoint("events-taken", at);
    const answers = await inTransaction(this.#pool, (client) => acceptArrivals(client, items.map(prepare), storeRuns));
    await failpoint("events-committed", at);
    return answers;
  }

  async #reject(items: Rejection[]): Promise<void[]> {
    const values = [
      items.map(() => newId()),
      items.map((item) => item.workspaceId),
      items.map((item) => item.workflowId),
      items.map((item) => item.triggerId),
      items.map((item) => item.reason),
      items.map((item) => item.data),
      items.map((item) => item.size),
      items.map((item) => item.issueTitle),
      items.map(() => newId()),
    ];
    await this.#pool.query({ ...rejectEvent, values });
    return items.map(() => undefined);
  }
}

/** Stores one event with its run and job in the caller's transaction, for whoever has more to store with them. */
export async function acceptOne(client: pg.ClientBase, item: Acceptance): Promise<{ runId: string }> {
  const [runId] = await acceptEach(client, [item]);
  if (runId === undefined) throw new Error("the intake statement returned no row for an event");
  return { runId };
}

/** The same for many, none of whose dedupe keys is known or there twice; gives the ids of their runs in the same order. */
export async function acceptEach(client: pg.ClientBase, items: readonly Acceptance[]): Promise<string[]> {
  const batch = items.map(prepare);
  const [controlled, free] = [batch.filter(({ arrival }) => arrival), batch.filter(({ arrival }) => !arrival)];
  if (free.length > 0) await storeRuns(client, free);
  const answers = controlled.length > 0 ? await acceptArrivals(client, controlled, storeRuns) : [];
  const runIds = new Map(controlled.map((item, index) => [item, answers[index]?.runId]));
  return batch.map((item) => runIds.get(item) ?? item.runId);
}

async function storeRuns(client: pg.ClientBase, batch: Prepared[]): Promise<void> {
  await client.query({ ...acceptEvents, values: columns(batch) });
  await putRunAttributes(client, batch);
}

function prepare(item: Acceptance): Prepared {
  // PostgreSQL's text refuses NUL, and one refused row would fail its whole batch.
  const dedupe = item.dedupe && { ...item.dedupe, key: item.dedupe.key.replaceAll("\0", "") };
  const keyHash = dedupe ? dedupeHash(dedupe.key) : null;
  return { ...item, dedupe, runId: newId(), eventId: newId(), keyHash };
}

/** What stands for a dedupe key in `event_dedup`. */
export function dedupeHash(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** In the order of accept-events.sql. */
function columns(batch: Prepared[]): unknown[] {
  return [
    batch.map((item) => item.runId),
    batch.map((item) => item.eventId),
    batch.map((item) => item.workspaceId),
    batch.map((item) => item.workflowId),
    batch.map((item) => item.documentId),
    batch.map((item) => item.version),
    batch.map((item) => item.mode),
    batch.map((item) => item.triggerId),
    batch.map((item) => item.triggerType),
    batch.map((item) => item.triggerNodeId),
    batch.map((item) => item.data),
    batch.map((item) => item.dedupe?.key ?? null),
    batch.map((item) => item.keyHash),
    batch.map((item) => item.dedupe?.bodyHash ?? null),
    batch.map((item) => item.dedupe?.ttlMs ?? null),
    batch.map((item) => item.runDeadlineMs),
    batch.map((item) => item.replayOf),
    batch.map((item) => item.priority),
    batch.map((item) => (item.data.length > inlineLength ? newId() : null)),
    batch.map((item) => (item.keys ? keysOf(item.runId, item.keys) : null)),
    batch.map((item) => item.gate?.orderKey ?? null),
    batch.map((item) => item.gate?.limit ?? null),
    batch.map((item) => item.gate?.blocks ?? false),
    batch.map((item) => item.origin?.parentRunId ?? null),
    batch.map((item) => item.origin?.parentStepId ?? null),
    batch.map((item) => item.origin?.depth ?? 0),
    batch.map((item) => item.origin?.failureOf ?? null),
    audits(batch),
  ];
}

function audits(batch: Prepared[]): string | null {
  const rows = batch.flatMap(({ runId, audit }) => (audit ? [{ id: newId(), runId, ...audit }] : []));
  return rows.length === 0 ? null : JSON.stringify(rows);
}

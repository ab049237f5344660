import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { sandboxSettingsSchema } from "#lib/services/sandbox-targets/index.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import { newId } from "#lib/shared/ids.ts";
import { type Decision, decideCall, type TargetState } from "./decide-call.ts";

const lockTargets = statement(new URL("./sql/lock-targets.sql", import.meta.url));
const countCalls = statement(new URL("./sql/count-calls.sql", import.meta.url));
const applyEffects = statement(new URL("./sql/apply-effects.sql", import.meta.url));
const findEffects = statement(new URL("./sql/find-effects.sql", import.meta.url));

export interface SandboxCall {
  name: string;
  method: string;
  path: string;
  idempotencyKey: string | null;
  body: string | null;
  /** The call of a slow target after its wait; it was counted when it came. */
  waited: boolean;
}

export interface Effect {
  id: string;
  idempotencyKey: string | null;
  method: string;
  path: string;
  appliedAt: string;
}

export interface Outcome {
  decision: Decision;
  /** What was applied, now or when the key was first seen. Null for calls that change nothing. */
  effect: Effect | null;
  /** The key was applied before: the stored effect, not a new one. */
  replay: boolean;
}

interface TargetRow {
  id: string;
  name: string;
  kind: TargetState["kind"];
  settings: string;
  calls: number;
  configured_at_call: number;
  recent_ms: number[];
}

interface EffectRow {
  id: string;
  target_id: string;
  idempotency_key: string | null;
  method: string;
  path: string;
  applied_at: Date;
}

interface LockedTarget extends TargetState {
  id: string;
  calls: number;
  configuredAtCall: number;
}

interface Decided {
  call: SandboxCall;
  target: LockedTarget;
  decision: Decision;
  /** Set when the call is to be applied. */
  effectId: string | null;
}

/** Calls that ask and do not change: they are counted, and leave no effect. */
const reads = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Counts, decides and applies calls. What arrives together is one transaction that holds the targets' rows, so that the
 * numbers are right over all web processes, and an answer is given only for what is committed.
 */
export class SandboxLedger {
  readonly #pool: pg.Pool;
  readonly #calls: GroupCommit<SandboxCall, Outcome | null>;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.#calls = new GroupCommit({ flush: (calls) => this.#flush(calls), maxBatch: 250 });
  }

  /** Null when there is no target of that name. */
  take(call: SandboxCall): Promise<Outcome | null> {
    return this.#calls.add(call);
  }

  async #flush(calls: SandboxCall[]): Promise<(Outcome | null)[]> {
    const client = await this.#pool.connect();
    let failed = true;
    try {
      await client.query("BEGIN");
      const outcomes = await decideAndApply(client, calls);
      await client.query("COMMIT");
      failed = false;
      return outcomes;
    } finally {
      // A connection whose transaction failed half-way is thrown away, and the transaction with it.
      client.release(failed);
    }
  }
}

async function decideAndApply(client: pg.PoolClient, calls: SandboxCall[]): Promise<(Outcome | null)[]> {
  const targets = await lock(client, [...new Set(calls.map((call) => call.name))]);
  const nowMs = await databaseNowMs(client);
  const decided = calls.map((call) => decide(call, targets.get(call.name), nowMs));
  const touched = [...targets.values()];
  const columns = [touched.map((t) => t.id), touched.map((t) => t.calls), touched.map((t) => `{${t.recentMs.join(",")}}`)];
  if (touched.length > 0) await client.query({ ...countCalls, values: columns });
  const effects = await applyAll(client, decided);
  return decided.map((item) => item && toOutcome(item, effects));
}

async function lock(client: pg.PoolClient, names: string[]): Promise<Map<string, LockedTarget>> {
  const { rows } = await client.query<TargetRow>({ ...lockTargets, values: [names] });
  return new Map(
    rows.map((row) => {
      const settings = sandboxSettingsSchema.parse(JSON.parse(row.settings));
      return [
        row.name,
        { id: row.id, kind: row.kind, settings, calls: row.calls, configuredAtCall: row.configured_at_call, recentMs: row.recent_ms },
      ];
    }),
  );
}

/** Read after the rows are locked, so that the times of a window only ever go forward. */
async function databaseNowMs(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ now_ms: number }>("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms");
  return rows[0]?.now_ms ?? Date.now();
}

function decide(call: SandboxCall, target: LockedTarget | undefined, nowMs: number): Decided | null {
  if (target === undefined) return null;
  if (!call.waited) target.calls += 1;
  const decision = decideCall(target, { callNo: target.calls - target.configuredAtCall, nowMs, waited: call.waited });
  return { call, target, decision, effectId: decision.do === "apply" && !reads.has(call.method) ? newId() : null };
}

/** Applies what is to be applied, and finds what was applied before, by effect id and by target and key. */
async function applyAll(client: pg.PoolClient, decided: (Decided | null)[]): Promise<Map<string, Effect>> {
  const items = decided.flatMap((item) => (item?.effectId ? [{ ...item, effectId: item.effectId }] : []));
  if (items.length === 0) return new Map();
  const { rows } = await client.query<EffectRow>({
    ...applyEffects,
    values: [
      items.map((item) => item.effectId),
      items.map((item) => item.target.id),
      items.map((item) => item.call.idempotencyKey),
      items.map((item) => item.call.method),
      items.map((item) => item.call.path),
      items.map((item) => item.call.body),
    ],
  });
  const applied = new Set(rows.map((row) => row.id));
  const repeats = items.filter((item) => !applied.has(item.effectId));
  const earlier = repeats.length === 0 ? [] : await findRepeated(client, repeats);
  return new Map(
    [...rows, ...earlier].flatMap(
      (row) =>
        [
          [row.id, toEffect(row)],
          [nameOf(row.target_id, row.idempotency_key), toEffect(row)],
        ] as const,
    ),
  );
}

async function findRepeated(client: pg.PoolClient, repeats: Decided[]): Promise<EffectRow[]> {
  const values = [repeats.map((item) => item.target.id), repeats.map((item) => item.call.idempotencyKey)];
  const { rows } = await client.query<EffectRow>({ ...findEffects, values });
  return rows;
}

function toOutcome(item: Decided, effects: Map<string, Effect>): Outcome {
  if (item.effectId === null) return { decision: item.decision, effect: null, replay: false };
  const own = effects.get(item.effectId);
  const effect = own ?? effects.get(nameOf(item.target.id, item.call.idempotencyKey)) ?? null;
  return { decision: item.decision, effect, replay: own === undefined };
}

function toEffect(row: EffectRow): Effect {
  return { id: row.id, idempotencyKey: row.idempotency_key, method: row.method, path: row.path, appliedAt: row.applied_at.toISOString() };
}

function nameOf(targetId: string, idempotencyKey: string | null): string {
  return `${targetId} ${idempotencyKey}`;
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Wake } from "#lib/policies/idempotency.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import { approvalColumns } from "./approval-columns.ts";
import { commitColumns } from "./commit-columns.ts";
import { deadLetterColumns } from "./dead-letter-columns.ts";
import { lateAnswerColumns } from "./late-answers.ts";
import { collectPayloads } from "./payloads.ts";
import { isTransient } from "./pg-errors.ts";
import type { AbandonedKey, ChangeSource, Committed, RecordChange, RunChanges } from "./run-changes.ts";

const commitRuns = statement(new URL("./sql/commit-runs.sql", import.meta.url));
const putDeadLetters = statement(new URL("./sql/put-dead-letters.sql", import.meta.url));
const resolveDeadLetters = statement(new URL("./sql/resolve-dead-letters.sql", import.meta.url));
const putForget = statement(new URL("./sql/put-forget.sql", import.meta.url));
const noteLateAnswers = statement(new URL("./sql/note-late-answers.sql", import.meta.url));
const putPayloads = statement(new URL("./sql/put-payloads.sql", import.meta.url));
const wakeWaitersOfRuns = statement(new URL("./sql/wake-waiters-of-runs.sql", import.meta.url));
const wakeWaiters = statement(new URL("./sql/wake-waiters.sql", import.meta.url));
const abandonRecords = statement(new URL("./sql/abandon-records.sql", import.meta.url));
const beginUndo = statement(new URL("./sql/begin-undo.sql", import.meta.url));
const putStepEffects = statement(new URL("./sql/put-step-effects.sql", import.meta.url));
const markLookups = statement(new URL("./sql/mark-lookups.sql", import.meta.url));
const putApprovals = statement(new URL("./sql/put-approvals.sql", import.meta.url));
const putRecords = statement(new URL("./sql/put-records.sql", import.meta.url));

const nothingLost: ReadonlySet<string> = new Set();

/**
 * The one way state changes of runs reach the database (architecture.md, the life of an event, 5): what all runs of this
 * worker changed while the last commit ran goes out together, in one statement when nothing rare happened, guarded by
 * each run's fence.
 *
 * A commit that fails because the database is away is tried again for `patienceMs`: we may be holding the only answer to
 * a call that must not be repeated. Trying again is safe even when the first try did commit and only its
 * acknowledgement was lost: every statement writes the same rows again, or finds the run ended and does nothing.
 */
export class Ledger {
  readonly #pool: pg.Pool;
  readonly #workerId: string;
  readonly #patienceMs: number;
  readonly #commits: GroupCommit<ChangeSource, Committed>;

  constructor(options: { pool: pg.Pool; workerId: string; patienceMs?: number }) {
    this.#pool = options.pool;
    this.#workerId = options.workerId;
    this.#patienceMs = options.patienceMs ?? 25_000;
    this.#commits = new GroupCommit({ flush: (sources) => this.#flush(sources), maxBatch: 200 });
  }

  /** Resolves when all changes the source held at the time of the commit are durable, or were refused. */
  commit(source: ChangeSource): Promise<Committed> {
    return this.#commits.add(source);
  }

  /** Resolves when nothing is left to write. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  async #flush(sources: ChangeSource[]): Promise<Committed[]> {
    const changes = new Map<ChangeSource, RunChanges>();
    for (const source of sources) if (!changes.has(source)) changes.set(source, source.takeChanges());
    const batch = [...changes.values()];
    const results = await this.#persist(batch);
    if (results.size < batch.length) await this.#noteLateAnswers(batch.filter((change) => !results.has(change.run.id)));
    return sources.map((source) => {
      const change = changes.get(source);
      return (change && results.get(change.run.id)) ?? { owned: false, recordsLost: nothingLost };
    });
  }

  /** Best effort: a note for people, on which nothing depends. */
  async #noteLateAnswers(refused: RunChanges[]): Promise<void> {
    const values = lateAnswerColumns(refused);
    if (values) await this.#pool.query({ ...noteLateAnswers, values }).catch(() => undefined);
  }

  async #persist(batch: RunChanges[]): Promise<Map<string, Committed>> {
    const startedAt = performance.now();
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1_000)) {
      try {
        return isPlain(batch) ? await this.#commitPlain(this.#pool, batch) : await this.#commitWhole(batch);
      } catch (error) {
        if (!isTransient(error) || performance.now() - startedAt + delayMs > this.#patienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }

  async #commitPlain(client: pg.Pool | pg.PoolClient, batch: RunChanges[]): Promise<Map<string, Committed>> {
    const { rows } = await client.query<{ id: string }>({ ...commitRuns, values: commitColumns(batch, this.#workerId) });
    return new Map(rows.map((row) => [row.id, { owned: true, recordsLost: nothingLost }]));
  }

  /** The rare shape: dead letters, idempotency records, approvals or large payloads go with the rest in one transaction. */
  async #commitWhole(batch: RunChanges[]): Promise<Map<string, Committed>> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const payloads = collectPayloads(batch);
      if (payloads.length > 0) {
        const values = [payloads.map((p) => p.id), payloads.map((p) => p.workspaceId), payloads.map((p) => p.body)];
        await client.query({ ...putPayloads, values });
      }
      const results = await this.#commitPlain(client, batch);
      const owned = batch.filter((change) => results.has(change.run.id));
      await this.#commitRecords(client, owned, results);
      await commitEffects(client, owned);
      const letters = deadLetterColumns(owned);
      if (letters) {
        await client.query({ ...putDeadLetters, values: letters });
        await failpoint("dead-letter-put", owned[0]?.run.id ?? "");
      }
      const resolved = owned.flatMap((change) => change.resolvedStepIds);
      if (resolved.length > 0) await client.query({ ...resolveDeadLetters, values: [resolved] });
      const approvals = approvalColumns(owned);
      if (approvals) await client.query({ ...putApprovals, values: approvals });
      const forgotten = owned.filter((change) => change.forget);
      if (forgotten.length > 0) {
        const values = [forgotten.map((change) => change.run.id), forgotten.map((change) => change.forget === "bodies")];
        await client.query({ ...putForget, values });
      }
      await client.query("COMMIT");
      return results;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined); // the connection may be gone; it is discarded below
      throw error;
    } finally {
      client.release();
    }
  }

  async #commitRecords(client: pg.PoolClient, owned: RunChanges[], results: Map<string, Committed>): Promise<void> {
    const records = owned.flatMap((change) => change.records);
    const due: { scope: string; keyHash: Buffer; everyone: boolean }[] = [];
    if (records.length > 0) {
      const { rows } = await client.query<{ owner_step: string }>({ ...putRecords, values: recordColumns(records) });
      const moved = new Set(rows.map((row) => row.owner_step));
      for (const { stepId, state, scope, keyHash } of records) {
        const wake = wakes[state];
        if (wake !== "none" && moved.has(stepId)) due.push({ scope, keyHash, everyone: wake === "all" });
      }
      for (const change of owned) {
        const lost = change.records.filter((record) => !moved.has(record.stepId)).map((record) => record.stepId);
        if (lost.length > 0) results.set(change.run.id, { owned: true, recordsLost: new Set(lost) });
      }
    }
    const abandoned = owned.flatMap((change) => change.abandoned);
    if (abandoned.length > 0) {
      await client.query({ ...abandonRecords, values: abandonedColumns(abandoned) });
      for (const { scope, keyHash, unknown } of abandoned) if (!unknown) due.push({ scope, keyHash, everyone: false });
    }
    const left = owned.filter((change) => change.leavesKeys).map((change) => change.run.id);
    if (left.length > 0) await client.query({ ...wakeWaitersOfRuns, values: [left] });
    if (due.length === 0) return;
    const values = [due.map(({ scope }) => scope), due.map(({ keyHash }) => keyHash), due.map(({ everyone }) => everyone)];
    await client.query({ ...wakeWaiters, values });
  }
}

/** Whom a state wakes of those that wait for the key: a result everybody, a free key the next in line. */
const wakes: Readonly<Record<RecordChange["state"], Wake>> = {
  claimed: "none",
  sent: "none",
  succeeded: "all",
  failed_final: "all",
  released: "first",
  unknown_outcome: "none",
};

function isPlain(batch: RunChanges[]): boolean {
  return batch.every(
    (change) =>
      change.deadLetters.length === 0 &&
      !change.forget &&
      !change.leavesKeys &&
      change.resolvedStepIds.length === 0 &&
      change.records.length === 0 &&
      change.effects.length === 0 &&
      change.abandoned.length === 0 &&
      !change.undoBegun &&
      change.attempts.every((attempt) => attempt.kind === "call") &&
      change.asked.length === 0 &&
      change.unasked.length === 0 &&
      change.steps.every((step) => !step.input?.ref && !step.output?.ref),
  );
}

/** In the order of put-records.sql. */
function recordColumns(records: RecordChange[]): unknown[] {
  return [
    records.map((record) => record.scope),
    records.map((record) => record.keyHash),
    records.map((record) => record.fence),
    records.map((record) => record.stepId),
    records.map((record) => record.state),
    records.map((record) => record.result),
    records.map((record) => record.renewedKey),
  ];
}

/** In the order of abandon-records.sql. */
function abandonedColumns(keys: AbandonedKey[]): unknown[] {
  return [keys.map((key) => key.scope), keys.map((key) => key.keyHash), keys.map((key) => key.stepId), keys.map((key) => key.unknown)];
}

async function commitEffects(client: pg.PoolClient, owned: RunChanges[]): Promise<void> {
  const undone = owned.filter((change) => change.undoBegun).map((change) => change.run.id);
  if (undone.length > 0) await client.query({ ...beginUndo, values: [undone] });
  const steps = owned.flatMap((change) => change.effects.map((step) => ({ runId: change.run.id, step })));
  if (steps.length > 0) {
    const values = [
      steps.map(({ runId }) => runId),
      steps.map(({ step }) => step.nodeId),
      steps.map(({ step }) => step.iteration),
      steps.map(({ step }) => (step.unsettled === null ? null : JSON.stringify(step.unsettled))),
      steps.map(({ step }) => step.keyGeneration),
      steps.map(({ step }) => step.undoSeq !== null),
    ];
    await client.query({ ...putStepEffects, values });
  }
  const looks = owned.flatMap((change) =>
    change.attempts.filter((attempt) => attempt.kind === "lookup").map((attempt) => ({ runId: change.run.id, attempt })),
  );
  if (looks.length > 0) {
    const values = [looks.map(({ runId }) => runId), looks.map(({ attempt }) => attempt.stepId), looks.map(({ attempt }) => attempt.no)];
    await client.query({ ...markLookups, values });
  }
}

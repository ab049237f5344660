import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { maxLooks } from "#lib/policies/reconcile.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { type AuditRow, putAuditRow } from "./audit-row.ts";
import { closeLetters, reopenLetters } from "./close-letters.ts";
import { inTransaction } from "./transaction.ts";

const redrive = statement(new URL("./sql/redrive-dead-letters.sql", import.meta.url));
const newKeys = statement(new URL("./sql/new-keys.sql", import.meta.url));
const decideDone = statement(new URL("./sql/decide-done.sql", import.meta.url));
const lookOnce = statement(new URL("./sql/look-once.sql", import.meta.url));
const freeRecords = statement(new URL("./sql/free-records.sql", import.meta.url));
const wakeWaiters = statement(new URL("./sql/wake-waiters-of-steps.sql", import.meta.url));
const resolveEmptyIssues = statement(new URL("./sql/resolve-empty-issues.sql", import.meta.url));
const logActivity = statement(new URL("./sql/log-issue-activity.sql", import.meta.url));
const cancel = statement(new URL("./sql/cancel-runs.sql", import.meta.url));

/*
 * What people may do to runs and dead letters. The callers (services) have checked that they may; these check that it
 * can be done, and do it in one transaction.
 */

interface Letter {
  workspaceId: string;
  deadLetterId: string;
  /** The acting person or token, for the log. */
  by: string;
  actorType?: string | undefined;
  /** Written with the act, or not at all. */
  audit?: AuditRow | undefined;
}

/** What people ask for goes before what a bulk redrive releases. */
const usualPriority = 0;

interface Redrive extends Letter {
  /** Instead of the frozen one. */
  input?: JsonValue | undefined;
  /** The step acts under new keys, although something may have been done under the old ones. */
  newKeys?: boolean | undefined;
  /** Why, for the activity of the issue. */
  note?: string | undefined;
}

/**
 * Same run, from the failed step, with its frozen input or an edited one, under the same keys unless new ones are asked for.
 * Throws `not_found`; `conflict` when the item is no longer open, or when its outcome is unknown and must be decided first.
 */
export async function redriveDeadLetter(pool: pg.Pool, letter: Redrive): Promise<{ runId: string }> {
  return inTransaction(pool, async (client) => {
    const found = await lockOpen(client, letter);
    refuseUnknown(found.kind);
    if (letter.newKeys === true) await client.query({ ...newKeys, values: [found.stepId, found.runId] });
    const { newKeys: fresh, note } = letter;
    const details = { edited: letter.input !== undefined, keys: fresh === true ? "new" : "same", ...(note ? { reason: note } : {}) };
    return redriveLocked(client, letter, found, { action: "redriven", details });
  });
}

/** Throws `conflict` for an item of which a person must say first what became of its call. */
export function refuseUnknown(kind: string): void {
  if (kind !== "unknown_outcome") return;
  throw new AppError("conflict", "it is not known whether this call was applied: decide done, repeat or failed instead of redriving");
}

/** Takes an item out of the inbox for good; the run stays failed. Throws `not_found` or `conflict`. */
export async function discardDeadLetter(pool: pg.Pool, letter: Letter & { reason: string }): Promise<void> {
  await inTransaction(pool, async (client) => {
    const found = await lockOpen(client, letter);
    await close(client, letter, found, letter.reason, { action: "discarded", details: { reason: letter.reason } });
  });
}

/** Takes the discarding of an item back. Throws `not_found`, or `conflict` when it is not discarded or can no longer go on. */
export async function reopenDeadLetter(pool: pg.Pool, letter: Letter): Promise<void> {
  await inTransaction(pool, async (client) => {
    const found = await lock(client, letter);
    if (found.status !== "discarded")
      throw new AppError("conflict", `only a discarded item can be brought back; this one is ${found.status}`);
    const reopened = await reopenLetters(client, letter.workspaceId, [letter.deadLetterId]);
    if (reopened.length === 0) throw new AppError("conflict", "its run can no longer go on from this step, so it stays discarded");
    await log(client, letter, found, "brought_back", {});
  });
}

/**
 * Settles an unknown outcome: `done` (the step succeeds with `result`), `repeat` (send again, under a new key), `failed`
 * (it was not applied, leave it), or `look-up`: the remote is asked once more, and what it says counts; if it cannot say, the
 * item comes back. That the step can look is for the caller to know. Throws `not_found`, or `conflict` when the item is not open or of another kind.
 */
export async function decideDeadLetter(
  pool: pg.Pool,
  letter: Letter & { as: "done" | "repeat" | "failed" | "look-up"; result?: JsonValue | undefined },
): Promise<{ runId: string }> {
  return inTransaction(pool, async (client) => {
    const found = await lockOpen(client, letter);
    if (found.kind !== "unknown_outcome")
      throw new AppError("conflict", "only an unknown outcome can be decided; redrive or discard this item");
    if (letter.as === "failed") {
      await close(client, letter, found, "decided: failed", { action: "decided", details: { as: "failed" } });
      return { runId: found.runId };
    }
    if (letter.as === "repeat") {
      await client.query({ ...freeRecords, values: [[found.stepId], "claimed", [found.runId], true] });
      return redriveLocked(client, letter, found, { action: "decided", details: { as: "repeat" } });
    }
    if (letter.as === "look-up") {
      await client.query({ ...lookOnce, values: [found.stepId, found.runId, maxLooks - 1] });
      return redriveLocked(client, letter, found, { action: "decided", details: { as: "look-up" } });
    }
    const values = [letter.deadLetterId, letter.workspaceId, JSON.stringify(letter.result ?? null), letter.by];
    const { rows } = await client.query<{ run_id: string }>({ ...decideDone, values });
    if (!rows[0]) throw new AppError("conflict", "the run has not ended yet; try again when it has");
    await client.query({ ...wakeWaiters, values: [[found.stepId]] });
    await log(client, letter, found, "decided", { as: "done" });
    await client.query({ ...resolveEmptyIssues, values: [[found.issueId]] });
    return { runId: rows[0].run_id };
  });
}

/** Asks a run to end; a call under way is let finish first, or is cut off after a while. Throws `not_found`, or `conflict` when it has ended. */
export async function cancelRun(pool: pg.Pool, run: { workspaceId: string; runId: string; audit?: AuditRow | undefined }): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ status: string }>({ ...cancel, values: [[run.runId], run.workspaceId] });
    const [asked] = rows;
    if (!asked) {
      const { rows: known } = await client.query("SELECT FROM run WHERE id = $1 AND workspace_id = $2", [run.runId, run.workspaceId]);
      throw known.length > 0 ? new AppError("conflict", "the run has already ended") : new AppError("not_found", "there is no such run");
    }
    const details = { before: { status: asked.status }, after: { status: "canceled" } };
    if (run.audit) await putAuditRow(client, { ...run.audit, details });
  });
}

interface OpenLetter {
  runId: string;
  stepId: string;
  issueId: string;
  kind: string;
}

async function lockOpen(client: pg.PoolClient, letter: Letter): Promise<OpenLetter> {
  const found = await lock(client, letter);
  if (found.status !== "open") throw new AppError("conflict", `this item is ${found.status} already`);
  return found;
}

async function lock(client: pg.PoolClient, letter: Letter): Promise<OpenLetter & { status: string }> {
  const { rows } = await client.query<{ run_id: string; step_id: string; issue_id: string; kind: string; status: string }>(
    "SELECT run_id, step_id, issue_id, kind, status FROM dead_letter WHERE id = $1 AND workspace_id = $2 FOR UPDATE",
    [letter.deadLetterId, letter.workspaceId],
  );
  const row = rows[0];
  if (!row) throw new AppError("not_found", "there is no such dead letter");
  return { runId: row.run_id, stepId: row.step_id, issueId: row.issue_id, kind: row.kind, status: row.status };
}

/** A line of the issue's activity. */
interface Line {
  action: string;
  details: JsonObject;
}

async function redriveLocked(client: pg.PoolClient, letter: Redrive, found: OpenLetter, line: Line): Promise<{ runId: string }> {
  const input = letter.input === undefined ? null : JSON.stringify(letter.input);
  const values = [[letter.deadLetterId], letter.workspaceId, [input], usualPriority, letter.newKeys === true];
  const { rows } = await client.query<{ run_id: string }>({ ...redrive, values });
  if (!rows[0]) throw new AppError("conflict", `run ${found.runId} can no longer go on from this step`);
  await log(client, letter, found, line.action, { runId: found.runId, ...line.details });
  return { runId: rows[0].run_id };
}

async function close(client: pg.PoolClient, letter: Letter, found: OpenLetter, reason: string, { action, details }: Line): Promise<void> {
  const { workspaceId, deadLetterId, by } = letter;
  await log(client, letter, found, action, details);
  await closeLetters(client, { workspaceId, ids: [deadLetterId], by, reason, known: action === "decided" });
}

async function log(client: pg.PoolClient, letter: Letter, found: OpenLetter, action: string, details: JsonObject): Promise<void> {
  const text = JSON.stringify({ deadLetterId: letter.deadLetterId, ...details });
  const values = [newId(), found.issueId, letter.workspaceId, letter.actorType ?? "user", letter.by, action, text];
  await client.query({ ...logActivity, values });
  if (letter.audit) await putAuditRow(client, letter.audit);
}

export type RecordState = "claimed" | "sent" | "succeeded" | "failed_final" | "released" | "unknown_outcome";

/** One key within its scope. Its owner is a step, which outlives the workers that run it; the fence is raised at each claim. */
export interface IdempotencyRecord {
  state: RecordState;
  owner: string;
  fingerprint: string;
  fence: number;
  /** Part of the outbound key; raised only when a person asks for the call to be made anew. */
  generation: number;
  firstSentAtMs: number | null;
  /** Of `succeeded` the output, of `failed_final` the error, as stored. */
  result: string | null;
  expiresAtMs: number;
}

export interface Claimant {
  owner: string;
  /** A replay with keys of a new generation asks: what an earlier run did under the key is to be done again. */
  anew: boolean;
  fingerprint: string;
  now: number;
  ttlMs: number;
  /** Whether the step that owns the record may still finish it: not terminal, be it running, parked or to be recovered. */
  ownerAlive: boolean;
}

export type Claim =
  | { next: "execute"; record: IdempotencyRecord }
  /** Another step is at it; `settle` or `decide` tells when to wake. */
  | { next: "wait" }
  | { next: "replay"; as: "succeeded" | "failed"; result: string | null }
  /** The call was sent and its outcome is not known: `beforeSend` (reconcile.ts) says what may follow. */
  | { next: "reconcile"; record: IdempotencyRecord }
  /** The same key with another input: a bug of the key, or an edited input that needs a new key. */
  | { next: "mismatch" };

function claimAnew(before: IdempotencyRecord | null, by: Claimant, generation = before?.generation ?? 1): IdempotencyRecord {
  return {
    state: "claimed",
    owner: by.owner,
    fingerprint: by.fingerprint,
    fence: (before?.fence ?? 0) + 1,
    generation,
    firstSentAtMs: null,
    result: null,
    expiresAtMs: by.now + by.ttlMs,
  };
}

function isSettled(record: IdempotencyRecord): boolean {
  return record.state === "succeeded" || record.state === "failed_final" || record.state === "released";
}

/** Settled long enough ago to be forgotten. What may still change is never forgotten. */
function isForgotten(record: IdempotencyRecord, now: number): boolean {
  return isSettled(record) && record.expiresAtMs <= now;
}

/**
 * Whether the claimant may change what the key stands for: only where it is certain that nothing was applied under it,
 * as after an edited input of a call that was refused.
 */
function mayRedefine(record: IdempotencyRecord, by: Claimant): boolean {
  if (record.state === "released") return true;
  return record.state === "claimed" && (record.owner === by.owner || !by.ownerAlive);
}

/** Decides what a step that wants to make the call of a key has to do (engine.md 1.3). */
export function claim(record: IdempotencyRecord | null, by: Claimant): Claim {
  const own = record?.owner === by.owner;
  const inTheWay = !own && by.ownerAlive;
  if (record !== null && by.anew && (isSettled(record) || !inTheWay))
    return { next: "execute", record: claimAnew(record, by, record.generation + 1) };
  if (record === null || isForgotten(record, by.now)) return { next: "execute", record: claimAnew(null, by) };
  if (record.fingerprint !== by.fingerprint && !mayRedefine(record, by)) return { next: "mismatch" };
  switch (record.state) {
    case "released":
      return { next: "execute", record: claimAnew(record, by) };
    case "succeeded":
      return { next: "replay", as: "succeeded", result: record.result };
    case "failed_final":
      // The owner comes back only when a person sent it: its redrive is meant to call again.
      return own ? { next: "execute", record: claimAnew(record, by) } : { next: "replay", as: "failed", result: record.result };
    case "claimed":
      return inTheWay ? { next: "wait" } : { next: "execute", record: claimAnew(record, by) };
    case "sent":
      if (inTheWay) return { next: "wait" };
      return { next: "reconcile", record: { ...record, owner: by.owner, fence: record.fence + 1 } };
    case "unknown_outcome":
      // Nobody but a person may end this. The owner is told so again rather than waiting for itself.
      return own ? { next: "reconcile", record: { ...record, state: "sent", fence: record.fence + 1 } } : { next: "wait" };
  }
}

/** The last write before the first byte leaves. Null: the record is somebody else's by now, so do not send. */
export function markSent(record: IdempotencyRecord, a: { fence: number; now: number }): IdempotencyRecord | null {
  if (record.fence !== a.fence || (record.state !== "claimed" && record.state !== "sent")) return null;
  return { ...record, state: "sent", firstSentAtMs: record.firstSentAtMs ?? a.now };
}

export type Outcome =
  | { as: "succeeded"; result: string }
  /** The remote, or we before sending, refused for good: nothing was applied. */
  | { as: "refused" }
  /** This attempt was certainly not applied; the step will try again. */
  | { as: "not-applied" }
  /** It may have been applied; the step will try again, look or ask. */
  | { as: "unknown" }
  /** The step ends without a result: attempts exhausted, deadline, cancelled. */
  | { as: "gave-up" }
  /** A person has to decide. */
  | { as: "undecided" };

/** Which of the steps that wait for the record to wake. */
export type Wake = "all" | "first" | "none";

export interface Settled {
  record: IdempotencyRecord;
  wake: Wake;
}

/**
 * Notes how an attempt ended. `claimedBy` is what the claim before this attempt answered: after "reconcile" an earlier
 * attempt may have been applied, which a refusal of this one does not undo, so the record stays sent.
 * Null: a stale holder's word, to be kept on its attempt only.
 */
export function settle(
  record: IdempotencyRecord,
  a: { fence: number; claimedBy: "execute" | "reconcile"; outcome: Outcome },
): Settled | null {
  if (record.fence !== a.fence || (record.state !== "claimed" && record.state !== "sent")) return null;
  const clean: RecordState = a.claimedBy === "reconcile" ? "sent" : "claimed";
  switch (a.outcome.as) {
    case "succeeded":
      return { record: { ...record, state: "succeeded", result: a.outcome.result }, wake: "all" };
    case "refused":
      return { record: { ...record, state: clean === "sent" ? "sent" : "released" }, wake: "first" };
    case "not-applied":
      return { record: { ...record, state: clean }, wake: "none" };
    case "unknown":
      return { record, wake: "none" };
    case "gave-up":
      // A call that may have been applied keeps its key: the next in line goes on with the same one.
      return { record: { ...record, state: record.state === "sent" ? "sent" : "released" }, wake: "first" };
    case "undecided":
      return { record: { ...record, state: "unknown_outcome" }, wake: "none" };
  }
}

export type Decision =
  /** It happened; this is its result. */
  | { as: "done"; result: string }
  /** Call again. With a new key the remote takes it for another call; with the same one it may answer from memory. */
  | { as: "repeat"; newKey: boolean }
  /** Leave it failed. Duplicates get the error too. */
  | { as: "failed"; error: string };

/** A person's word on an unknown outcome. Null: there is nothing to decide. The fence is raised against late results. */
export function decide(record: IdempotencyRecord, decision: Decision): Settled | null {
  if (record.state !== "unknown_outcome") return null;
  const next = { ...record, fence: record.fence + 1 };
  switch (decision.as) {
    case "done":
      return { record: { ...next, state: "succeeded", result: decision.result }, wake: "all" };
    case "repeat":
      return {
        record: { ...next, state: "claimed", firstSentAtMs: null, generation: record.generation + (decision.newKey ? 1 : 0) },
        wake: "none",
      };
    case "failed":
      return { record: { ...next, state: "failed_final", result: decision.error }, wake: "all" };
  }
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claimant, claim, decide, type IdempotencyRecord, markSent, type Outcome, type RecordState, settle } from "./idempotency.ts";
import { mayRepeat } from "./recovery.ts";

const base: IdempotencyRecord = {
  state: "claimed",
  owner: "step-1",
  fingerprint: "f1",
  fence: 3,
  generation: 1,
  firstSentAtMs: null,
  result: null,
  expiresAtMs: 10_000,
};
const me: Claimant = { owner: "step-1", anew: false, fingerprint: "f1", now: 1_000, ttlMs: 5_000, ownerAlive: true };
const other: Claimant = { ...me, owner: "step-2" };
const states: RecordState[] = ["claimed", "sent", "succeeded", "failed_final", "released", "unknown_outcome"];
const inState = (state: RecordState): IdempotencyRecord => ({
  ...base,
  state,
  result: state === "succeeded" || state === "failed_final" ? "stored" : null,
});
const outcomes = (by: Claimant) => Object.fromEntries(states.map((state) => [state, claim(inState(state), by).next]));

describe("claim", () => {
  test("a new key is executed by whoever comes first", () => {
    expect(claim(null, me)).toEqual({ next: "execute", record: { ...base, fence: 1, expiresAtMs: 6_000 } });
  });

  test("a duplicate waits for a living owner and gets its result", () => {
    expect(outcomes(other)).toEqual({
      claimed: "wait",
      sent: "wait",
      succeeded: "replay",
      failed_final: "replay",
      released: "execute",
      unknown_outcome: "wait",
    });
  });

  test("a dead owner is taken over from: what was not sent runs again, what was sent is reconciled", () => {
    expect(outcomes({ ...other, ownerAlive: false })).toEqual({
      claimed: "execute",
      sent: "reconcile",
      succeeded: "replay",
      failed_final: "replay",
      released: "execute",
      unknown_outcome: "wait",
    });
  });

  test("the owner goes on where it stood, and never waits for itself", () => {
    expect(outcomes(me)).toEqual({
      claimed: "execute",
      sent: "reconcile",
      succeeded: "replay",
      failed_final: "execute",
      released: "execute",
      unknown_outcome: "reconcile",
    });
  });

  test("every claim that may lead to a call raises the fence and keeps the generation", () => {
    for (const state of states) {
      for (const by of [me, { ...other, ownerAlive: false }]) {
        const result = claim({ ...inState(state), generation: 4 }, by);
        if (result.next === "execute" || result.next === "reconcile") {
          expect(result.record).toMatchObject({ fence: 4, generation: 4, owner: by.owner });
        }
      }
    }
  });

  test("a replay with new keys takes over whatever an earlier run settled, under the next generation, and waits for a living owner", () => {
    const anew = { ...other, anew: true };
    expect(outcomes(anew)).toMatchObject({ claimed: "wait", sent: "wait", unknown_outcome: "wait", succeeded: "execute" });
    for (const state of states) {
      const by = { ...anew, ownerAlive: false, fingerprint: "f2" };
      expect(claim(inState(state), by)).toMatchObject({
        next: "execute",
        record: { state: "claimed", generation: 2, fence: 4, result: null },
      });
      expect(claim(inState(state), { ...by, now: base.expiresAtMs })).toMatchObject({ next: "execute", record: { generation: 2 } });
    }
    expect(claim(null, anew)).toMatchObject({ next: "execute", record: { generation: 1 } });
  });

  test("scenario 44: the same key with another input is a mismatch, and the first result stays", () => {
    for (const state of ["claimed", "sent", "succeeded", "failed_final", "unknown_outcome"] as const) {
      expect(claim(inState(state), { ...other, fingerprint: "f2" }).next).toBe("mismatch");
    }
    expect(claim(inState("sent"), { ...me, fingerprint: "f2" }).next).toBe("mismatch");
  });

  test("an edited input may take the key as long as nothing was applied under it", () => {
    for (const state of ["claimed", "released"] as const) {
      expect(claim(inState(state), { ...me, fingerprint: "f2" })).toMatchObject({ next: "execute", record: { fingerprint: "f2" } });
    }
  });

  test("a settled record is forgotten after its time; scenario 47 (the decision): one that may still change is not", () => {
    const late = { ...other, now: base.expiresAtMs, fingerprint: "f2" };
    for (const state of ["succeeded", "failed_final", "released"] as const) {
      expect(claim(inState(state), late)).toMatchObject({ next: "execute", record: { generation: 1, fence: 1 } });
    }
    for (const state of ["claimed", "sent", "unknown_outcome"] as const)
      expect(claim(inState(state), { ...late, fingerprint: "f1" }).next).toBe("wait");
  });
});

describe("markSent and settle", () => {
  test("a stale holder may neither send nor settle", () => {
    for (const state of states) {
      expect(markSent(inState(state), { fence: 2, now: 0 })).toBeNull();
      expect(settle(inState(state), { fence: 2, claimedBy: "execute", outcome: { as: "succeeded", result: "1" } })).toBeNull();
    }
  });

  test("what is settled stays so, also for its own holder", () => {
    for (const state of ["succeeded", "failed_final", "released", "unknown_outcome"] as const) {
      expect(markSent(inState(state), { fence: 3, now: 0 })).toBeNull();
      expect(settle(inState(state), { fence: 3, claimedBy: "execute", outcome: { as: "refused" } })).toBeNull();
    }
  });

  test("the time of the first sending is kept over later ones", () => {
    const once = markSent(base, { fence: 3, now: 5 });
    expect(once).toMatchObject({ state: "sent", firstSentAtMs: 5 });
    expect(once && markSent(once, { fence: 3, now: 9 })).toMatchObject({ firstSentAtMs: 5 });
  });

  const settledTo = (outcome: Outcome, claimedBy: "execute" | "reconcile" = "execute", state: RecordState = "sent") => {
    const settled = settle(inState(state), { fence: 3, claimedBy, outcome });
    return [settled?.record.state, settled?.wake];
  };

  test("scenario 42 (the decision): success wakes all who wait, with the result", () => {
    expect(settledTo({ as: "succeeded", result: "1" })).toEqual(["succeeded", "all"]);
  });

  test("scenario 43 (the decision): duplicates keep waiting over a retry; a final failure frees the key for exactly one of them", () => {
    expect(settledTo({ as: "not-applied" })).toEqual(["claimed", "none"]);
    expect(settledTo({ as: "unknown" })).toEqual(["sent", "none"]);
    expect(settledTo({ as: "refused" })).toEqual(["released", "first"]);
    expect(settledTo({ as: "gave-up" }, "execute", "claimed")).toEqual(["released", "first"]);
  });

  test("a refusal does not undo an earlier attempt that may have been applied", () => {
    expect(settledTo({ as: "refused" }, "reconcile")).toEqual(["sent", "first"]);
    expect(settledTo({ as: "not-applied" }, "reconcile")).toEqual(["sent", "none"]);
    expect(settledTo({ as: "gave-up" }, "execute")).toEqual(["sent", "first"]);
  });

  test("an unknown outcome makes the duplicates wait for the person's decision", () => {
    expect(settledTo({ as: "undecided" })).toEqual(["unknown_outcome", "none"]);
  });
});

describe("decide", () => {
  const unknown = inState("unknown_outcome");

  test("done gives everyone the entered result", () => {
    expect(decide(unknown, { as: "done", result: "7" })).toMatchObject({
      record: { state: "succeeded", result: "7", fence: 4 },
      wake: "all",
    });
  });

  test("repeat lets the owner call again, with another outbound key when the person wants one", () => {
    expect(decide(unknown, { as: "repeat", newKey: true })).toMatchObject({
      record: { state: "claimed", generation: 2, fence: 4 },
      wake: "none",
    });
    expect(decide(unknown, { as: "repeat", newKey: false })).toMatchObject({ record: { generation: 1 } });
  });

  test("failed gives the duplicates the error instead of letting one of them call", () => {
    const decided = decide(unknown, { as: "failed", error: "no" });
    expect(decided).toMatchObject({ record: { state: "failed_final", result: "no" }, wake: "all" });
    expect(decided && claim(decided.record, other)).toEqual({ next: "replay", as: "failed", result: "no" });
  });

  test("only an unknown outcome is there to decide", () => {
    for (const state of states.filter((name) => name !== "unknown_outcome"))
      expect(decide(inState(state), { as: "done", result: "1" })).toBeNull();
  });
});

/** A remote, some steps with one key, and a schedule of crashes. Each step's `claimed` is what its worker has in memory. */
function play(
  effect: "keyed" | "unsafe",
  moves: { step: number; move: "go" | "crash" }[],
  fates: ("applied" | "lost" | "dropped" | "busy")[],
) {
  let record: IdempotencyRecord | null = null;
  let calls = 0;
  let applied = 0;
  let remembered = false;
  const workers = new Map<number, { record: IdempotencyRecord; by: "execute" | "reconcile"; sent: boolean }>();
  const results = new Map<number, string | null>();

  const write = (next: IdempotencyRecord | null) => {
    if (next) record = next;
    return next !== null;
  };
  const call = (step: number, held: { record: IdempotencyRecord; by: "execute" | "reconcile" }) => {
    const fate = fates[calls++ % fates.length] ?? "applied";
    if (fate === "applied" || fate === "lost") {
      if (!(effect === "keyed" && remembered)) applied++;
      remembered = true;
    }
    const outcome: Outcome =
      fate === "applied" ? { as: "succeeded", result: "r" } : fate === "busy" ? { as: "not-applied" } : { as: "unknown" };
    const settled = record && settle(record, { fence: held.record.fence, claimedBy: held.by, outcome });
    if (settled) write(settled.record);
    if (settled && fate === "applied") results.set(step, "r");
  };

  for (const { step, move } of moves) {
    if (results.has(step)) continue;
    const held = workers.get(step);
    if (move === "crash") {
      workers.delete(step);
    } else if (!held) {
      const answer = claim(record, { owner: `s${step}`, anew: false, fingerprint: "f", now: 0, ttlMs: 1, ownerAlive: true });
      if (answer.next === "replay") results.set(step, answer.result);
      if (answer.next === "execute") {
        write(answer.record);
        workers.set(step, { record: answer.record, by: "execute", sent: false });
      }
      if (answer.next === "reconcile" && mayRepeat(effect)) {
        write(answer.record);
        workers.set(step, { record: answer.record, by: "reconcile", sent: false });
      }
    } else if (!held.sent) {
      held.sent = record !== null && write(markSent(record, { fence: held.record.fence, now: 0 }));
      if (!held.sent) workers.delete(step);
    } else {
      workers.delete(step);
      call(step, held);
    }
  }
  return { applied, results };
}

const movesOf = fc.array(
  fc.record({ step: fc.nat(3), move: fc.constantFrom("go" as const, "go" as const, "go" as const, "crash" as const) }),
  { maxLength: 80 },
);
const fatesOf = fc.array(fc.constantFrom("applied" as const, "lost" as const, "dropped" as const, "busy" as const), {
  minLength: 1,
  maxLength: 8,
});

test("scenario 41 (the model): however steps interleave and workers crash, one key has at most one effect, and all results are equal", () => {
  fc.assert(
    fc.property(fc.constantFrom("keyed" as const, "unsafe" as const), movesOf, fatesOf, (effect, moves, fates) => {
      const { applied, results } = play(effect, moves, fates);
      expect(applied).toBeLessThanOrEqual(1);
      expect(new Set(results.values()).size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1_000 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { afterLook, beforeSend, maxLooks, noteUnknown, type RepeatRules, type Unsettled } from "./reconcile.ts";

const dayMs = 86_400_000;
const rules: RepeatRules = {
  effect: "reconcilable",
  canLook: true,
  timeoutMs: 30_000,
  settleDelayMs: 5_000,
  remoteKeyTtlMs: dayMs,
  replaysErrors: false,
};
const sentAt = 1_000_000;
const once = noteUnknown(null, { sentAtMs: sentAt, answered: false });
const ask = (unsettled: Unsettled | null, change: Partial<RepeatRules & { now: number }> = {}) =>
  beforeSend(unsettled, { ...rules, now: sentAt + 1, ...change });

test("with nothing unsettled any call may be made", () => {
  for (const effect of ["none", "read", "natural", "keyed", "reconcilable", "unsafe"] as const)
    expect(ask(null, { effect, canLook: false })).toEqual({ next: "send" });
});

test("what a repeat cannot double is sent again, what it could double is looked up or left to a person", () => {
  const after = (effect: RepeatRules["effect"], canLook: boolean) => ask(once, { effect, canLook }).next;
  for (const canLook of [true, false]) {
    for (const effect of ["none", "read", "natural", "keyed"] as const) expect(after(effect, canLook)).toBe("send");
    expect(after("unsafe", canLook)).toBe("unknown-outcome");
  }
  expect(after("reconcilable", true)).toBe("look");
  expect(after("reconcilable", false)).toBe("unknown-outcome");
});

test("a call of unknown outcome voids what was learned by looking before it", () => {
  const looked: Unsettled = { ...once, lookFirst: true, looks: 2, lookedAtMs: sentAt + 50_000 };
  expect(noteUnknown(looked, { sentAtMs: sentAt + 60_000, answered: true })).toEqual({
    firstSentAtMs: sentAt,
    lastSentAtMs: sentAt + 60_000,
    answered: true,
    lookFirst: false,
    looks: 0,
    lookedAtMs: null,
  });
});

test("a call that is harmless to repeat is bound to the life of no key", () => {
  for (const effect of ["none", "read", "natural"] as const)
    expect(ask(once, { effect, now: sentAt + 400 * dayMs, replaysErrors: true, canLook: false }).next).toBe("send");
});

test("scenario 101 (the decision): the first look comes when attempt time-out and settle delay have passed since the last call", () => {
  expect(ask(once)).toEqual({ next: "look", atMs: sentAt + 35_000 });
  const twice = noteUnknown(once, { sentAtMs: sentAt + 60_000, answered: true });
  expect(ask(twice)).toEqual({ next: "look", atMs: sentAt + 95_000 });
});

test("scenario 48 (the decision): past the time a remote remembers keys, a keyed call is looked up, or left to a person", () => {
  const at = (now: number, change: Partial<RepeatRules> = {}) => ask(once, { effect: "keyed", now, ...change }).next;
  const marginMs = 900_000;
  expect(at(sentAt + dayMs - marginMs - 1)).toBe("send");
  expect(at(sentAt + dayMs - marginMs)).toBe("look");
  expect(at(sentAt + dayMs - marginMs, { canLook: false })).toBe("unknown-outcome");
  expect(at(sentAt + 10 * dayMs, { remoteKeyTtlMs: 30 * dayMs })).toBe("send");
  // A short memory leaves nine tenths of it.
  expect(at(sentAt + 53_999, { remoteKeyTtlMs: 60_000 })).toBe("send");
  expect(at(sentAt + 54_000, { remoteKeyTtlMs: 60_000 })).toBe("look");
});

test("the life of a key counts from its first call, not from its last", () => {
  const again = noteUnknown(once, { sentAtMs: sentAt + dayMs - 1_000_000, answered: false });
  expect(ask(again, { effect: "keyed", now: sentAt + dayMs }).next).toBe("look");
});

test("scenario 49 (the decision): an error that the remote would replay is looked up first, and only then the key is new", () => {
  const answered = noteUnknown(null, { sentAtMs: sentAt, answered: true });
  const stripe = { effect: "keyed", replaysErrors: true } as const;
  expect(ask(answered, stripe).next).toBe("look");
  expect(ask(answered, { ...stripe, canLook: false }).next).toBe("unknown-outcome");
  // Silence stores no error: the same key learns what became of the call.
  expect(ask(once, stripe).next).toBe("send");
  const last = { ...answered, looks: maxLooks - 1, lookedAtMs: sentAt };
  expect(afterLook(last, { ...stripe, seen: "absent", now: sentAt })).toEqual({ next: "absent", newKey: true });
  for (const other of [rules, { ...rules, replaysErrors: true }, { ...stripe, replaysErrors: false }])
    expect(afterLook(last, { ...other, seen: "absent", now: sentAt })).toEqual({ next: "absent", newKey: false });
});

test("when no more calls are to follow, the last is looked up although it could be repeated", () => {
  const last = { ...once, lookFirst: true };
  expect(ask(last, { effect: "keyed" }).next).toBe("look");
  expect(ask(last, { effect: "keyed", canLook: false }).next).toBe("send");
});

test("what is found is adopted at any look; absence counts when the last look says it; an unclear last look asks a person", () => {
  const seen = (looks: number, what: "found" | "absent" | "unclear") =>
    afterLook({ ...once, looks, lookedAtMs: 5 }, { ...rules, seen: what, now: 9 }).next;
  for (let looks = 0; looks < maxLooks; looks++) expect(seen(looks, "found")).toBe("adopt");
  for (const what of ["absent", "unclear"] as const)
    for (let looks = 0; looks < maxLooks - 1; looks++) expect(seen(looks, what)).toBe("look-again");
  expect(seen(maxLooks - 1, "absent")).toBe("absent");
  expect(seen(maxLooks - 1, "unclear")).toBe("unknown-outcome");
});

/** A step and a remote that applies each call some time after it was sent and shows it some time later. */
function play(a: {
  rules: RepeatRules;
  calls: { applies: boolean; afterMs: number; answered: boolean }[];
  lagMs: number;
  lateMs: number[];
}) {
  const applied: number[] = [];
  const looks: number[] = [];
  let unsettled: Unsettled | null = null;
  let now = 0;
  let turn = 0;
  for (let sent = 0; sent < a.calls.length; ) {
    const next = beforeSend(unsettled, { ...a.rules, now });
    if (next.next === "unknown-outcome") break;
    if (next.next === "send") {
      const call = a.calls[sent++];
      // The remote recognizes a key while it remembers it.
      const known = a.rules.effect === "keyed" && applied.some((at) => now < at + a.rules.remoteKeyTtlMs);
      if (call?.applies && !known) applied.push(now + call.afterMs);
      unsettled = noteUnknown(unsettled, { sentAtMs: now, answered: call?.answered ?? false });
      now += a.rules.timeoutMs;
      continue;
    }
    now = Math.max(now, next.atMs) + (a.lateMs[turn++ % a.lateMs.length] ?? 0);
    looks.push(now);
    const seen = applied.some((at) => at + a.lagMs <= now) ? "found" : "absent";
    const learned = afterLook(unsettled ?? once, { ...a.rules, seen, now });
    if (learned.next === "adopt" || learned.next === "unknown-outcome") break;
    unsettled = learned.next === "look-again" ? learned.unsettled : null;
  }
  return { applied, looks };
}

const callOf = fc.record({ applies: fc.boolean(), afterMs: fc.nat(32_000), answered: fc.boolean() });

test("scenario 25 (the model): whatever calls apply and however the index lags within the looks, there is at most one effect", () => {
  const input = fc.record({
    calls: fc.array(callOf, { minLength: 1, maxLength: 6 }),
    // The last look comes no sooner than 35 s + 15 s + 45 s after the call.
    lagMs: fc.nat(60_000),
    lateMs: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 4 }),
    replaysErrors: fc.boolean(),
    effect: fc.constantFrom("reconcilable" as const, "keyed" as const),
  });
  fc.assert(
    fc.property(input, ({ replaysErrors, effect, ...rest }) => {
      const { applied } = play({ rules: { ...rules, effect, replaysErrors }, ...rest });
      // What is applied although its caller has given up and looked is beyond any client (afterMs stays below the last look).
      expect(applied.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

test("looks of one call come later and later, and at most three times", () => {
  const calls = Array.from({ length: 3 }, () => ({ applies: false, afterMs: 0, answered: false }));
  const { looks } = play({ rules, calls, lagMs: 0, lateMs: [0] });
  expect(looks.slice(0, 4)).toEqual([35_000, 50_000, 95_000, 95_000 + 35_000]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { afterRefusal, type Refusal } from "./credential.ts";

const refused = { used: "token:1", stored: "token:1", memo: null, renewable: false, acceptedAtMs: null, now: 1_000 };
const memo: Refusal = { credential: "token:1", atMs: 900 };

test("a credential that was replaced meanwhile is tried before anything else", () => {
  expect(afterRefusal({ ...refused, stored: "token:2", memo })).toEqual({ next: "send-again", memo: null });
});

test("a step does not renew twice because others renewed in between", () => {
  const again = afterRefusal({ ...refused, renewable: true, stored: "token:2", memo });
  expect(again).toEqual({ next: "send-again", memo });
  expect(afterRefusal({ ...refused, renewable: true, used: "token:2", stored: "token:2", memo })).toEqual({ next: "hold" });
});

test("scenario 74 (the decision): the first refusal renews once, the second stops the connection", () => {
  expect(afterRefusal({ ...refused, renewable: true })).toEqual({ next: "renew", memo: { credential: "token:1", atMs: 1_000 } });
  expect(afterRefusal({ ...refused, renewable: true, used: "token:2", stored: "token:2", memo })).toEqual({ next: "hold" });
});

test("a key that cannot be renewed is tried once more, then the connection stops", () => {
  expect(afterRefusal(refused)).toEqual({ next: "send-again", memo: { credential: "token:1", atMs: 1_000 } });
  expect(afterRefusal({ ...refused, memo })).toEqual({ next: "hold" });
});

test("while the credential is accepted elsewhere, only the call is given up", () => {
  expect(afterRefusal({ ...refused, memo, acceptedAtMs: 950 })).toEqual({ next: "give-up" });
  expect(afterRefusal({ ...refused, memo, acceptedAtMs: 850 })).toEqual({ next: "hold" });
  expect(afterRefusal({ ...refused, memo, acceptedAtMs: 900 })).toEqual({ next: "hold" });
});

test("no step is sent more than twice with one credential, and none is renewed twice in a row", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.boolean(), { maxLength: 30 }), (renewable, rotations) => {
      let stored = 1;
      let remembered: Refusal | null = null;
      let renewed = false;
      const sent = new Map<number, number>();
      for (const [now, rotated] of rotations.entries()) {
        const used = stored;
        sent.set(used, (sent.get(used) ?? 0) + 1);
        expect(sent.get(used)).toBeLessThanOrEqual(2);
        if (rotated) stored += 1;
        const next = afterRefusal({ memo: remembered, used: `${used}`, stored: `${stored}`, renewable, acceptedAtMs: null, now });
        if (next.next === "hold" || next.next === "give-up") return;
        if (next.next === "renew") {
          expect(renewed).toBe(false);
          stored += 1;
        }
        renewed = next.next === "renew";
        remembered = next.memo;
      }
    }),
  );
});

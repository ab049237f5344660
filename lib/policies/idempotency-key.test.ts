import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultKey, fingerprint, idempotencyScope, keyHash, keysOf, maxKeyLength, normalizeKey, outboundKey } from "./idempotency-key.ts";

const at = { workspaceId: "w1", workflowId: "f1", nodeId: "n1", connectionId: "c1" };

function accepted(value: string | number): string {
  const result = normalizeKey(value);
  if (!result.ok) throw new Error(result.problem);
  return result.key;
}

/** Also those that no text has by itself: NUL, combining marks, halves of a pair. */
const anyCharacter = fc.oneof(fc.constantFrom("\0", " ", "e", "\u0301"), fc.nat(0x10ffff).map(String.fromCodePoint));

describe("normalizeKey", () => {
  test("scenario 45 (the decision): an expression that yields nothing is refused, never turned into a shared key", () => {
    for (const value of [null, undefined, "", "   ", "\0", "undefined", "null", "NaN", "[object Object]", " Undefined "]) {
      expect(normalizeKey(value)).toMatchObject({ ok: false });
    }
  });

  test("scenario 103 (the decision): a key that is no text and no number is refused", () => {
    for (const value of [true, [], ["a"], {}, { a: 1 }, Number.NaN, Number.POSITIVE_INFINITY])
      expect(normalizeKey(value)).toMatchObject({ ok: false });
  });

  test("scenario 46: odd keys are kept apart or refused, by rule", () => {
    expect(accepted("a\0b")).toBe("ab");
    expect(accepted("🚚-1")).toBe("🚚-1");
    expect(accepted("Order")).not.toBe(accepted("order"));
    expect(accepted("e\u0301")).toBe("\u00e9");
    expect(accepted(" a")).not.toBe(accepted("a"));
    expect(accepted(42)).toBe("42");
    expect(normalizeKey("k".repeat(maxKeyLength))).toMatchObject({ ok: true });
    expect(normalizeKey("k".repeat(10_000))).toMatchObject({ ok: false });
  });

  test("scenario 46: text with a lone surrogate, which hashing would merge with others, is refused", () => {
    expect(normalizeKey("a\ud800")).toMatchObject({ ok: false });
  });

  test.each([
    [null, "The key is empty: its expression gave no value."],
    [undefined, "The key is empty: its expression gave no value."],
    [true, "The key must be a text or a number."],
    [["a"], "The key must be a text or a number."],
    [Number.NaN, "The key must be a text or a number."],
    ["a\ud800", "The key is not valid Unicode text."],
    [" \0 ", "The key is empty: its expression gave only white space."],
    [" Undefined ", 'The key is "Undefined", which looks like a missing value.'],
    ["k".repeat(maxKeyLength + 1), "The key has 1001 characters; at most 1000 are allowed."],
  ])("a refusal of %j says what is wrong with it", (value, problem) => {
    expect(normalizeKey(value)).toEqual({ ok: false, problem });
  });

  test.each(["undefined", "null", "NaN", "[object Object]", "{}", "[]"])("%j is what a template makes of nothing", (value) => {
    for (const written of [value, ` ${value.toUpperCase()}\n`])
      expect(normalizeKey(written)).toEqual({
        ok: false,
        problem: `The key is "${written.trim()}", which looks like a missing value.`,
      });
    expect(accepted(`order-${value}`)).toBe(`order-${value}`);
  });

  test("what is accepted is accepted again unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (value) => {
        const once = normalizeKey(value);
        if (once.ok) expect(normalizeKey(once.key)).toEqual(once);
      }),
    );
  });
});

describe("outboundKey", () => {
  test("stays what it was in every earlier release", () => {
    expect(outboundKey("node:w1:f1:n1", "order-1", 1)).toBe("slc_Y6qzJFbVv3fFXVB0E1MBb3iH2z7lpWHcppbORMwIXkU");
  });

  test("differs with scope, key and generation, and fits where providers take 255 characters", () => {
    const keys = new Set([
      outboundKey("a", "b", 1),
      outboundKey("a", "b", 2),
      outboundKey("a", "c", 1),
      outboundKey("c", "b", 1),
      outboundKey("ab", "", 1),
    ]);
    expect(keys.size).toBe(5);
    expect(outboundKey("s".repeat(500), "k".repeat(1_000), 1)).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
  });

  test("no two places merge by how their parts are put together", () => {
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
        const same = a[0] === b[0] && a[1] === b[1];
        expect(outboundKey(a[0], a[1], 1) === outboundKey(b[0], b[1], 1)).toBe(same);
      }),
    );
  });
});

test("each scope is as wide as its name says, and within one workspace", () => {
  const scope = (name: "node" | "workflow" | "connection", over = {}) => idempotencyScope({ ...at, ...over, scope: name });
  expect(scope("node")).not.toBe(scope("node", { nodeId: "n2" }));
  expect(scope("workflow")).toBe(scope("workflow", { nodeId: "n2" }));
  expect(scope("connection")).toBe(scope("connection", { nodeId: "n2", workflowId: "f2" }));
  expect(scope("connection")).not.toBe(scope("connection", { connectionId: "c2" }));
  for (const name of ["node", "workflow", "connection"] as const) expect(scope(name)).not.toBe(scope(name, { workspaceId: "w2" }));
});

test("where a key is unique is written the same in every release", () => {
  const scope = (name: "node" | "workflow" | "connection", over = {}) => idempotencyScope({ ...at, ...over, scope: name });
  expect([scope("node"), scope("workflow"), scope("connection"), scope("connection", { connectionId: null })]).toEqual([
    "node:w1:f1:n1",
    "workflow:w1:f1",
    "connection:w1:c1",
    "connection:w1:none",
  ]);
  expect(defaultKey({ runId: "r1", nodeId: "n1", iteration: "0.2" })).toBe("r1/n1/0.2");
});

test("a replay uses the keys of the very first run of its line, or its own when all effects are wanted once more", () => {
  expect(keysOf("replay", { as: "same", of: { id: "original", keysOf: null } })).toBe("original");
  expect(keysOf("second", { as: "same", of: { id: "replay", keysOf: "original" } })).toBe("original");
  expect(keysOf("again", { as: "new" })).toBe("again");
});

test("the default key names run, node and iteration, so that only a repeat of the same step meets it", () => {
  const keys = [defaultKey({ runId: "r", nodeId: "n", iteration: "" }), defaultKey({ runId: "r", nodeId: "n", iteration: "1" })];
  expect(new Set(keys).size).toBe(2);
});

test("a fingerprint ignores the order of fields, and nothing else", () => {
  expect(fingerprint({ a: 1, b: { c: [1, 2], d: null } })).toEqual(fingerprint({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(fingerprint([1, 2])).not.toEqual(fingerprint([2, 1]));
  expect(fingerprint({ a: "1" })).not.toEqual(fingerprint({ a: 1 }));
  expect(fingerprint({ ["__proto__"]: 1 })).not.toEqual(fingerprint({}));
});

test("a hash is made of every key, also of one that looks like a hash", () => {
  const hash = keyHash("order-1").toString("hex");
  expect(keyHash(hash).toString("hex")).not.toBe(hash);
});

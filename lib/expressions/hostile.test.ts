import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { checkTemplate } from "./check.ts";
import { ExpressionError } from "./error.ts";
import { createEvaluate } from "./evaluate.ts";
import { scopeOf } from "./test-scope.ts";

/** JSON text, so that the key `__proto__` is an own property, as it is in a payload. */
const payload: JsonValue = JSON.parse('{"user":{"name":"Ada"},"list":[1,2],"__proto__":{"polluted":true},"constructor":"builder"}');
const evaluate = createEvaluate(scopeOf(payload));

function attempt(source: string): unknown {
  try {
    return evaluate.cel(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

const inherited = [
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__lookupGetter__",
  "__defineGetter__",
];

test.each(inherited)("%s of the prototype is never reachable", (name) => {
  for (const target of ["trigger.body.user", "trigger.body.list", '"text"', "1", "true", '{"a": 1}', "[1]"]) {
    expect(attempt(`${target}.${name}`)).toMatch(/missing_path|syntax/);
    expect(attempt(`${target}["${name}"]`)).toBe("missing_path");
    expect(attempt(`${target}["${name.slice(0, 3)}" + "${name.slice(3)}"]`)).toBe("missing_path");
    expect(attempt(`has(${target}.${name})`)).not.toBe(true);
    expect(attempt(`${target}.${name}()`)).toMatch(/unknown_function|syntax/);
  }
});

test.each(["process", "globalThis", "require", "Function", "eval", "window", "self", "toString", "constructor", "env", "secrets"])(
  "the name %s is unknown",
  (name) => {
    expect(attempt(name)).toBe("unknown_name");
  },
);

test.each(["this", "import", "__proto__", "prototype"])("the name %s is refused", (name) => {
  expect(["syntax", "unknown_name"]).toContain(attempt(name));
});

test("a payload's own key __proto__ is plain data, and is copied as such", () => {
  expect(attempt('trigger.body["__proto__"]')).toEqual({ polluted: true });
  const copy = evaluate.cel("merge(trigger.body, trigger.body)");
  expect(Object.hasOwn(copy as object, "__proto__")).toBe(true);
  expect((copy as Record<string, unknown>).polluted).toBeUndefined();
  expect(attempt('{"__proto__": 1}')).toBe("type");
});

test("patterns take linear time", () => {
  const text = `${"a".repeat(28)}!`;
  for (const call of [
    'matches(trigger.body, "^(a+)+$")',
    'trigger.body.matches("(a|a)*$b")',
    'replacePattern(trigger.body, "(a+)+$", "")',
    'extract(trigger.body, "(.*a){12}")',
  ]) {
    const times = [1, 2, 3].map(() => {
      const started = performance.now();
      createEvaluate(scopeOf(text)).cel(call);
      return performance.now() - started;
    });
    // The first call also compiles the pattern.
    expect(Math.min(...times)).toBeLessThan(10);
  }
});

test("patterns on long texts, alone or in loops, are stopped before they stall a process", () => {
  const text = Array.from({ length: 100_000 }, (_, i) => "abc"[(i * 7919) % 3] ?? "").join("");
  const long = createEvaluate(scopeOf({ text, list: Array.from({ length: 1_000 }, () => text.slice(0, 1_000)) }));
  for (const call of [
    'matches(trigger.body.text, "a.{900}a.{90}cccc")',
    'trigger.body.list.map(t, matches(t, "(a|b|c)*a(a|b|c){300}d?$"))',
  ]) {
    const started = performance.now();
    expect(() => long.cel(call)).toThrow(expect.objectContaining({ code: "limit" }));
    expect(performance.now() - started).toBeLessThan(500);
  }
});

test.each([
  ["unbalanced", "{{ trigger"],
  ["a megabyte", `{{ ${"a".repeat(1_000_000)} }}`],
  ["10,000 parentheses", `{{ ${"(".repeat(10_000)}1${")".repeat(10_000)} }}`],
  ["100,000 additions", `{{ 1${"+1".repeat(100_000)} }}`],
  ["10,000 negations", `{{ ${"!".repeat(10_000)}true }}`],
  ["10,000 minus signs", `{{ ${"-".repeat(10_000)}1 }}`],
  ["NUL", "{{ a\u0000b }}"],
  ["a lone surrogate", "{{ a\ud800 }}"],
  ["right-to-left marks", "{{ a\u202eb }}"],
  ["a byte order mark", "{{ \ufefftrigger }}"],
  ["emoji as a name", "{{ 😀 }}"],
])("%s is refused quickly, with words", (_, template) => {
  const started = performance.now();
  const problems = checkTemplate(template, { steps: null });
  expect(performance.now() - started).toBeLessThan(50);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).not.toBe("");
});

const atoms = [
  "trigger",
  "body",
  "user",
  "name",
  "list",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "steps",
  "now",
  "x",
  "1",
  "-1",
  "0.5",
  "null",
  "true",
  '"__proto__"',
  '"constructor"',
  '"a"',
  "[]",
  "{}",
];
const glue = [
  ".",
  "[",
  "]",
  "(",
  ")",
  "+",
  "-",
  "*",
  "/",
  "%",
  "==",
  "&&",
  "||",
  "!",
  "?",
  ":",
  ",",
  " in ",
  ".map(x, ",
  ".filter(x, ",
  ".?",
  "merge(",
  "keys(",
  "parseJson(",
  "json(",
  "default(",
  "has(",
  "{",
  "}",
  "replace(",
  "split(",
];

test("10,000 random expressions pollute nothing, change nothing, and fail only in the told way", () => {
  const canary = Object.freeze({ user: Object.freeze({ name: "Ada" }), list: Object.freeze([1, 2]) }) as unknown as JsonValue;
  const guarded = createEvaluate(scopeOf(canary), { maxSteps: 10_000 });
  const before = { object: Object.getOwnPropertyNames(Object.prototype).join(), array: Object.getOwnPropertyNames(Array.prototype).join() };
  const piece = fc.oneof(fc.constantFrom(...atoms), fc.constantFrom(...glue), fc.string({ maxLength: 3 }));
  const grammar = fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("trigger.body", "trigger.body.user", "trigger.body.list", "now", "1", '"a"', "null", "[1, 2]", '{"a": 1}'),
      fc.tuple(tie("e"), fc.constantFrom("name", "__proto__", "constructor", "a")).map(([e, key]) => `${e}["${key}"]`),
      fc.tuple(tie("e"), fc.constantFrom("+", "==", "<", "in", "&&"), tie("e")).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(
          fc.constantFrom("merge", "json", "keys", "default", "sort", "string", "size", "first", "lower", "parseJson"),
          fc.array(tie("e"), { maxLength: 2 }),
        )
        .map(([name, args]) => `${name}(${args.join(", ")})`),
      fc.tuple(tie("e"), fc.constantFrom("map", "filter", "exists"), tie("e")).map(([e, macro, body]) => `${e}.${macro}(v, ${body})`),
    ),
  })).e;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
        grammar,
      ),
      (source) => {
        try {
          const result = guarded.cel(source);
          expect(() => JSON.stringify(result)).not.toThrow();
          expect(typeof result).not.toMatch(/function|bigint|symbol|undefined/);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
        }
      },
    ),
    { numRuns: 10_000 },
  );
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before.object);
  expect(Object.getOwnPropertyNames(Array.prototype).join()).toBe(before.array);
  expect(canary).toEqual({ user: { name: "Ada" }, list: [1, 2] });
});

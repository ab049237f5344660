import { expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { ExpressionError } from "./error.ts";
import { createEvaluate, walksLists } from "./evaluate.ts";
import { scopeOf } from "./test-scope.ts";

const order = { id: "o-1", total: 12.5, count: 3, email: "Ada@Example.com", paid: true, note: null, lines: [{ price: 2 }, { price: 3 }] };
const evaluate = createEvaluate(scopeOf(order, { check: { output: { ok: true } } }));

function errorOf(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test.each<[string, JsonValue]>([
  ["trigger.body.total * 2", 25],
  ["trigger.body.count / 2", 1.5],
  ["trigger.body.count + 1", 4],
  ["10 % 4", 2],
  ["-trigger.body.count", -3],
  ["1.0", 1],
  ["0 * -1", 0],
  ["trigger.body.count == 3", true],
  ["trigger.body.count == 3.0", true],
  ["trigger.body.count > 2 && trigger.body.paid", true],
  ['"a" == 1', false],
  ['trigger.body == {"a": 1}', false],
  ["[1, [2]] == [1, [2]]", true],
  ['"paid" in trigger.body', true],
  ["3 in [1, 2, 3]", true],
  ['trigger.body.note == null ? "none" : "some"', "none"],
  ["trigger.body.lines.map(l, l.price)", [2, 3]],
  ["trigger.body.lines.map(l, l.price > 2, l.price)", [3]],
  ["trigger.body.lines.filter(l, l.price > 2)", [{ price: 3 }]],
  ["trigger.body.lines.exists(l, l.price == 2)", true],
  ["trigger.body.lines.exists_one(l, l.price > 0)", false],
  ["trigger.body.lines.all(l, l.price > 0)", true],
  [
    "trigger.body.lines.map(l, trigger.body.lines.map(m, l.price * m.price))",
    [
      [4, 6],
      [6, 9],
    ],
  ],
  ["sum(trigger.body.lines.map(l, l.price))", 5],
  ['{"id": trigger.body.id, "lines": trigger.body.lines}', { id: "o-1", lines: order.lines }],
  ["trigger.body.lines[1].price", 3],
  ['trigger["body"]["id"]', "o-1"],
  ["steps.check.output.ok", true],
  ["has(trigger.body.id)", true],
  ["has(trigger.body.address.city)", false],
  ["has(trigger.body.note)", true],
  ['default(trigger.body.address.city, "?")', "?"],
  ['default(trigger.body.note, "?")', "?"],
  ['default(lower(trigger.body.address.city), "?")', "?"],
  ["trigger.body.?address.city.orValue(1)", 1],
  ["trigger.body.?address.city.hasValue()", false],
  ["trigger.body.?address.city", null],
  ['trigger.body[?"id"].orValue(1)', "o-1"],
])("%s is %j", (source, expected) => {
  expect(evaluate.cel(source)).toEqual(expected);
});

test("a text that is one expression keeps the type of its value", () => {
  expect(evaluate.template("{{ trigger.body.total }}")).toBe(12.5);
  expect(evaluate.template("{{ trigger.body.lines }}")).toBe(order.lines);
  expect(evaluate.template("{{trigger.body.note}}")).toBeNull();
});

test("any other text is interpolated", () => {
  expect(evaluate.template("{{ trigger.body.id }}: {{ trigger.body.total }}, {{ trigger.body.paid }}")).toBe("o-1: 12.5, true");
  expect(evaluate.template(" {{ trigger.body.count }}")).toBe(" 3");
  expect(evaluate.template("{{ trigger.body.lines }}!")).toBe('[{"price":2},{"price":3}]!');
});

test("null is not put into text by surprise", () => {
  const error = errorOf(() => evaluate.template("users/{{ trigger.body.note }}"));
  expect(error).toMatchObject({ code: "type", position: 8 });
  expect(error.message).toContain("default(");
  expect(evaluate.template('users/{{ default(trigger.body.note, "") }}')).toBe("users/");
});

test("braces and quotes inside an expression do not end it", () => {
  expect(evaluate.template('{{ {"a": {"b": 1}} }}')).toEqual({ a: { b: 1 } });
  expect(evaluate.template('{{{"a":1}}}')).toEqual({ a: 1 });
  expect(evaluate.template("{{ \"}}\" }}{{ '{{' }}")).toBe("}}{{");
});

test("objects are resolved in depth, and what holds no expression is handed on as it is", () => {
  const config = { url: "https://x/{{ trigger.body.id }}", list: ["{{ trigger.body.count }}", "fixed"], fixed: { deep: [1] } };
  expect(evaluate.template(config)).toEqual({ url: "https://x/o-1", list: [3, "fixed"], fixed: { deep: [1] } });
  expect(evaluate.template(config.fixed)).toBe(config.fixed);
});

test("extra names add to the scope and shadow it", () => {
  expect(evaluate.cel("value * 2", { value: 4 })).toBe(8);
  expect(evaluate.cel("trigger", { trigger: 1 })).toBe(1);
  expect(evaluate.template("{{ response.status }}", { response: { status: 204 } })).toBe(204);
});

test("a path that does not exist is named, with the nearest that does", () => {
  const error = errorOf(() => evaluate.template("Hello {{ trigger.body.emial }}"));
  expect(error).toMatchObject({ code: "missing_path", position: 22 });
  expect(error.message).toBe("trigger.body.emial does not exist; did you mean trigger.body.email?");
  expect(errorOf(() => evaluate.cel("trigger.body.note.x")).message).toContain("trigger.body.note is null");
  expect(errorOf(() => evaluate.cel("trigger.body.lines[2]")).message).toContain("has no such item");
  expect(errorOf(() => evaluate.cel("steps.later.output")).message).toContain("the step later has no output");
});

test.each([
  ["1 / 0", "not_finite"],
  ["0.0 / 0.0", "not_finite"],
  ["1e308 * 10.0", "not_finite"],
  ['double("1e999")', "not_finite"],
  ['"a" + 1', "type"],
  ['"10" > 9', "type"],
  ["!1", "type"],
  ['1 ? "a" : "b"', "type"],
  ["item", "unknown_name"],
  ["order.total", "unknown_name"],
  ["lowr(1)", "unknown_function"],
  ["lower()", "syntax"],
  ["[1].map(trigger, 1)", "syntax"],
  ["9007199254740993", "syntax"],
  ['b"bytes"', "syntax"],
  ['{1: "a"}', "type"],
  ["[1].map(a, [1].map(b, [1].map(c, 1)))", "limit"],
])("%s is refused as %s", (source, code) => {
  expect(errorOf(() => evaluate.cel(source)).code).toBe(code);
});

test("work is bounded: pairing a long list with itself stops", () => {
  const long = createEvaluate(scopeOf(Array.from({ length: 5_000 }, (_, i) => i)));
  const started = performance.now();
  expect(errorOf(() => long.cel("trigger.body.map(a, trigger.body.filter(b, b > a))")).code).toBe("limit");
  expect(performance.now() - started).toBeLessThan(500);
});

test("a result far larger than its input is refused", () => {
  const body = Array.from({ length: 900 }, () => "x".repeat(900));
  const error = errorOf(() => createEvaluate(scopeOf(body)).cel("trigger.body.map(a, trigger.body)"));
  expect(error.code).toBe("limit");
});

test("an error in an object keeps the source and position of its own text", () => {
  const error = errorOf(() => evaluate.template({ a: { b: "x {{ nope }}" } }));
  expect(error).toMatchObject({ source: "x {{ nope }}", position: 5, code: "unknown_name" });
});

test("knows which values walk lists, in templates and in bare CEL", () => {
  expect(walksLists({ a: ["{{ trigger.body.lines.map(l, l.price) }}"] })).toBe(true);
  expect(walksLists({ condition: "trigger.body.lines.exists (l, l.price > 1)" })).toBe(true);
  expect(walksLists({ a: ["{{ trigger.body.lines }}", "map(", 1, null] })).toBe(false);
});

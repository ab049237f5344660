import { expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { ExpressionError } from "../error.ts";
import { createEvaluate } from "../evaluate.ts";
import { scopeOf } from "../test-scope.ts";
import { functions, specialForms } from "./table.ts";

const evaluate = createEvaluate(scopeOf({ a: [3, 1, 2], users: [{ n: "b" }, { n: "a" }], text: "Ada" }));

/** One line a function and case: the golden corpus. A library upgrade must leave every result as it is. */
const corpus: [string, JsonValue][] = [
  ['lower("ÀB")', "àb"],
  ['upper("straße")', "STRASSE"],
  ['lowerAscii("AB")', "ab"],
  ['upperAscii("ab")', "AB"],
  ['trim("  a b ")', "a b"],
  ['capitalize("ada l")', "Ada l"],
  ['capitalize("")', ""],
  ['replace("a.b.c", ".", "-")', "a-b-c"],
  ['replacePattern("a1b22", "([0-9]+)", "<$1>")', "a<1>b<22>"],
  ['matches("order-42", "^order-[0-9]+$")', true],
  ['extract("order-42", "([0-9]+)")', "42"],
  ['extract("order", "[0-9]+")', null],
  ['split("a,b,,c", ",")', ["a", "b", "", "c"]],
  ['join([1, true, "x"], "-")', "1-true-x"],
  ['join(["a", "b"])', "ab"],
  ['"abc".startsWith("ab")', true],
  ['"abc".endsWith("ab")', false],
  ['indexOf("banana", "an")', 1],
  ['lastIndexOf("banana", "an")', 3],
  ['substring("sluice", 1, 3)', "lu"],
  ['substring("sluice", 3)', "ice"],
  ["string(1.50)", "1.5"],
  ['string({"a": [1]})', '{"a":[1]}'],
  ['number(" 12.5 ")', 12.5],
  ['double("1e3")', 1000],
  ['int("42.9")', 42],
  ["int(-42.9)", -42],
  ["round(2.5)", 3],
  ["round(-2.5)", -3],
  ["round(1.005, 2)", 1.01],
  ["round(1e21)", 1e21],
  ["floor(-1.5)", -2],
  ["ceil(1.2)", 2],
  ["abs(-3)", 3],
  ["min(3, 1, 2)", 1],
  ["max(trigger.body.a)", 3],
  ["sum(trigger.body.a)", 6],
  ["sum([])", 0],
  ["average([1, 2])", 1.5],
  ['size("👩‍💻")', 3],
  ["size(trigger.body)", 3],
  ['contains("abc", "b")', true],
  ['contains([{"a": 1}], {"a": 1})', true],
  ["first([])", null],
  ["last(trigger.body.a)", 2],
  ["slice(trigger.body.a, -2)", [1, 2]],
  ["sort(trigger.body.a)", [1, 2, 3]],
  ['sortBy(trigger.body.users, "n")', [{ n: "a" }, { n: "b" }]],
  ["reverse(trigger.body.a)", [2, 1, 3]],
  ["trigger.body.a", [3, 1, 2]],
  ['unique([1, "1", 1, {"a": 1}, {"a": 1}])', [1, "1", { a: 1 }]],
  ["flatten([[1, [2]], 3])", [1, [2], 3]],
  ["keys(trigger.body.users[0])", ["n"]],
  ["values(trigger.body.users[0])", ["b"]],
  ['merge({"a": 1, "b": 1}, {"b": 2})', { a: 1, b: 2 }],
  ['pick({"a": 1, "b": 2}, ["a", "c"])', { a: 1 }],
  ['omit({"a": 1, "b": 2}, ["a"])', { b: 2 }],
  ['parseDate("03/04/2026", "dd/MM/yyyy", "Europe/Paris")', "2026-04-02T22:00:00.000Z"],
  ['parseDate("1767225600", "unix")', "2026-01-01T00:00:00.000Z"],
  ['timestamp("2026-01-31T10:30:00+01:00")', "2026-01-31T09:30:00.000Z"],
  ["timestamp(1767225600000)", "2026-01-01T00:00:00.000Z"],
  ['timestamp("2026-01-31T10:30:00+01:00") < now', false],
  ['isoDateTime("2026-01-31")', "2026-01-31T00:00:00.000Z"],
  ['isoDate("2026-01-31T23:30:00Z", "Europe/Paris")', "2026-02-01"],
  ["isoDate(now)", "2026-01-31"],
  ['formatDate(now, "dd LLL yyyy HH:mm", "Asia/Tokyo")', "31 Jan 2026 18:30"],
  ["addMinutes(now, 90)", "2026-01-31T11:00:00.000Z"],
  ["addHours(now, -1)", "2026-01-31T08:30:00.000Z"],
  ["addDays(now, 1)", "2026-02-01T09:30:00.000Z"],
  ['addDays("2026-03-28T12:00:00+01:00", 1, "Europe/Paris")', "2026-03-29T10:00:00.000Z"],
  ["addMonths(now, 1)", "2026-02-28T09:30:00.000Z"],
  ["addYears(now, 1)", "2027-01-31T09:30:00.000Z"],
  ['dateDiff("2026-02-01", "2026-01-31", "hours")', 24],
  ["unixMs(now)", 1769851800000],
  ['hash("abc")', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ['sha256("é")', "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"],
  ['base64Encode("é😀")', "w6nwn5iA"],
  ['base64Decode("w6nwn5iA")', "é😀"],
  ['base64Decode("w6nwn5iA".replace("w", "w"))', "é😀"],
  ['json({"a": 1})', '{"a":1}'],
  ['parseJson("[1, {\\"a\\": null}]")', [1, { a: null }]],
  ['urlEncode("a b/ç")', "a%20b%2F%C3%A7"],
  ['phone("01 42 68 53 00", "FR")', "+33142685300"],
  ['phone("+44 20 7946 0958")', "+442079460958"],
  ['email(" Ada.L@Example.COM ")', "ada.l@example.com"],
  ['bool("true")', true],
  ['bool("no")', false],
  ["dyn(1)", 1],
  ["type(1)", "number"],
  ["type(null)", "null"],
  ['type({"a": 1})', "map"],
];

test.each(corpus)("%s is %j", (source, expected) => {
  expect(evaluate.cel(source)).toEqual(expected);
});

test("every function has a line in the corpus", () => {
  const called = new Set(corpus.flatMap(([source]) => [...source.matchAll(/([A-Za-z0-9]+)\(/g)].map((match) => match[1])));
  expect([...functions.keys()].filter((name) => !called.has(name))).toEqual(["uuid"]);
});

test("every function is described", () => {
  for (const [name, { signature, help }] of [...functions, ...specialForms]) {
    expect(signature).toContain(name);
    expect(help.length).toBeGreaterThan(5);
  }
});

test("uuid makes a new random one each time", () => {
  const made = evaluate.cel("uuid()");
  expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(evaluate.cel("uuid()")).not.toBe(made);
});

test.each([
  ["lower(1)", "lower(): needs text, got a number"],
  ["trigger.body.a.lower()", "lower(): needs text, got a list"],
  ["round(null)", "round(): needs a number, got null"],
  ['number("12,5")', "number(): needs a number or a numeral, got other text"],
  ['sum([1, "2"])', "sum(): needs a number, got text"],
  ["min([])", "min(): the list is empty"],
  ['sort([1, "a"])', "sort(): only numbers, or only texts, can be sorted"],
  ['sortBy(trigger.body.users, "x")', 'sortBy(): an item has no "x"'],
  ['parseDate("31/02/2026", "dd/MM/yyyy")', "parseDate(): the text is not a date in the format dd/MM/yyyy"],
  ['parseDate("01/02/2026", "dd/MM/yyyy", "Mars/Base")', 'parseDate(): "Mars/Base" is not a time zone (try Europe/Paris)'],
  ['isoDate("03/04/2026")', 'isoDate(): not an ISO 8601 date; read others with parseDate(text, "dd/MM/yyyy")'],
  [
    'dateDiff(now, now, "fortnights")',
    "dateDiff(): the unit must be one of milliseconds, seconds, minutes, hours, days, weeks, months, years",
  ],
  ["addDays(now, 1e12)", "addDays(): the date is out of range"],
  ['phone("123", "FR")', "phone(): the text is not a valid phone number"],
  ['phone("0142685300", "XX")', 'phone(): "XX" is not a two-letter country'],
  ['email("ada@")', "email(): the text is not an e-mail address"],
  ['parseJson("{")', "parseJson(): the text is not JSON"],
  ['base64Decode("%%")', "base64Decode(): the text is not base64 of UTF-8 text"],
  ['matches("a", "(")', "matches(): not a valid pattern: error parsing regexp: missing closing ): `(`"],
  ['matches("a", "(?=a)")', expect.stringContaining("matches(): not a valid pattern")],
  ['replace("a", "", "b")', "replace(): the text to replace is empty"],
  ['substring("abc", 2, 1)', "substring(): no text from 2 to 1"],
])("%s tells: %s", (source, message) => {
  expect(() => evaluate.cel(source)).toThrow(ExpressionError);
  expect(() => evaluate.cel(source)).toThrow(expect.objectContaining({ message }));
});

test("texts cannot be grown without end", () => {
  const long = createEvaluate(scopeOf("x".repeat(100_000)));
  const swollen = 'replace(trigger.body, "x", trigger.body)';
  expect(() => long.cel(swollen)).toThrow(expect.objectContaining({ code: "limit" }));
  expect(() => long.cel(`join([trigger.body, trigger.body], ${swollen})`)).toThrow(expect.objectContaining({ code: "limit" }));
});

import { expect, test } from "vitest";
import { checkExpression, checkTemplate, type Known } from "./check.ts";

const known: Known = { steps: new Set(["fetch", "check"]), allSteps: new Set(["fetch", "check", "notify"]), names: ["value"] };

test("what is right has no problems", () => {
  expect(checkExpression("value > 1 && steps.fetch.output.ok && trigger.body.list.exists(x, x == vars.limit)", known)).toEqual([]);
  expect(checkTemplate("plain {{ steps.check.output.id }} and {{ run.id }}", known)).toEqual([]);
  expect(checkTemplate("no expression", known)).toEqual([]);
});

test.each([
  ["value >", 7, "unexpected token: the end of the expression"],
  ["(1 + 2", 6, "expected ), got the end of the expression"],
  ["valeu", 0, "there is no valeu here; did you mean value?"],
  ["paid == 1", 0, 'there is no paid here; texts need quotes: "…"'],
  ["1 + steps.notify.output", 10, "the step notify does not come before this one"],
  ["steps.fetsh.output", 6, "there is no step fetsh before this one; did you mean fetch?"],
  ['steps["nope"].output', 0, "there is no step nope before this one"],
  ["uper(value)", 0, "there is no function uper(); did you mean upper()?"],
  ["replace(value)", 0, "replace() takes other arguments: replace(text, from, to)"],
])("%s: at %i, %s", (source, position, message) => {
  expect(checkExpression(source, known)).toEqual([{ position, message }]);
});

test("positions in a template count from its start", () => {
  expect(checkTemplate("Hi {{ valeu }} and {{ nmae }}", known).map(({ position }) => position)).toEqual([6, 22]);
  expect(checkTemplate("Hi {{ 1 + }}", known)).toEqual([{ position: 10, message: "unexpected token: the end of the expression" }]);
  expect(checkTemplate("Hi {{ name", known)).toEqual([{ position: 3, message: "{{ is not closed by }}" }]);
});

test("any step passes where the order is not known", () => {
  expect(checkExpression("steps.whatever.output", { steps: null })).toEqual([]);
});

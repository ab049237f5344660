import { expect, test } from "vitest";
import { settingsSchema } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { gateOf, orderKeyOf } from "./admission.ts";

const gate = (settings: object, trigger: JsonValue = {}, mode: "live" | "test" = "live") =>
  gateOf({ settings: settingsSchema.parse(settings), trigger: () => trigger, mode, now: 0 });

test("most runs pass no gate, and test runs never do", () => {
  expect(gate({})).toBeNull();
  expect(gate({ concurrency: 1, orderBy: "k" }, {}, "test")).toBeNull();
});

test("a limit and a key gate a run", () => {
  expect(gate({ concurrency: 3 })).toEqual({ limit: 3, orderKey: null, blocks: true });
  expect(gate({ orderBy: "{{ trigger.body.id }}" }, { body: { id: 7 } })).toEqual({ limit: null, orderKey: "7", blocks: true });
  expect(gate({ orderBy: "o-{{ trigger.body.id }}", onDeadLetter: "skip" }, { body: { id: "x" } })).toMatchObject({
    orderKey: "o-x",
    blocks: false,
  });
});

test.each([{}, { id: null }, { id: " " }, { id: { deep: 1 } }])("a key that gives nothing to order by gates nothing: %j", (body) => {
  expect(gate({ orderBy: "{{ trigger.body.id }}" }, { body })).toBeNull();
  expect(gate({ orderBy: "{{ trigger.body.id }}", concurrency: 2 }, { body })).toMatchObject({ limit: 2, orderKey: null });
});

test("an event is not even read where no key is asked for", () => {
  const trigger = () => {
    throw new Error("read");
  };
  const settings = settingsSchema.parse({ concurrency: 2 });
  expect(gateOf({ settings, trigger, mode: "live", now: 0 })).toEqual({ limit: 2, orderKey: null, blocks: true });
});

test("a key that cannot be worked out, or not with little work, says why", () => {
  const problem = (orderBy: string, body: JsonValue) => {
    const key = orderKeyOf(orderBy, { body }, 0);
    return key.ok ? null : key.problem;
  };
  expect(problem("{{ trigger.body.id + 1 }}", { id: "x" })).toMatch(/./);
  const every = "{{ trigger.body.all(each, each > 0) ? 'yes' : 'no' }}";
  expect(problem(every, [1, 2, 3])).toBeNull();
  expect(
    problem(
      every,
      Array.from({ length: 150_000 }, () => 1),
    ),
  ).toMatch(/steps|much|long/i);
});

test("an expression that fails gates nothing", () => {
  expect(gate({ orderBy: "{{ trigger.body.id + 1 }}" }, { body: { id: "x" } })).toBeNull();
  expect(gate({ orderBy: "{{ nonsense( }}" })).toBeNull();
});

import { expect, test } from "vitest";
import { failureOf, outcomeOf } from "#lib/nodes/test-context.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { forEach, maxItems } from "./definition.ts";

const items = "{{ trigger.body }}";

function issues(config: JsonObject): string[] {
  return forEach.config.safeParse(config).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

test("freezes the list and tells how long it is; the engine goes through it", async () => {
  expect(await outcomeOf("for-each", { items }, { body: ["a", "b"] })).toEqual({
    input: { items: ["a", "b"] },
    outcome: { loop: { count: 2 } },
  });
  expect((await outcomeOf("for-each", { items: ["x", "{{ trigger.body }}"] }, { body: 1 })).input).toEqual({ items: ["x", 1] });
});

test("what is no list is refused, and so is a list that is too long: it is never cut", async () => {
  for (const body of ["abc", { a: 1 }, null]) {
    expect(await failureOf(outcomeOf("for-each", { items }, { body }))).toMatchObject({
      failureClass: "validation",
      code: "items_invalid",
    });
  }
  const body = Array.from({ length: maxItems }, () => 0);
  expect((await outcomeOf("for-each", { items }, { body })).outcome).toEqual({ loop: { count: maxItems } });
  const tooMany = await failureOf(outcomeOf("for-each", { items }, { body: [...body, 0] }));
  expect([tooMany.code, tooMany.message.includes("10001")]).toEqual(["too_many_items", true]);
});

test("settings that cannot be used are named", () => {
  expect(issues({ items })).toEqual([]);
  expect(issues({ items: "" })).toHaveLength(1);
  expect(issues({ items, concurrency: 0 })).toHaveLength(1);
  expect(issues({ items, batchSize: 1_001 })).toHaveLength(1);
  expect(issues({ items, tolerate: { percent: 101 } })[0]).toContain("tolerate.percent");
  expect(issues({ items, results: "output" })).toEqual(["results: results of each item come from batches: give a batch size above 1"]);
  expect(issues({ items, batchSize: 2, results: "output" })).toEqual([]);
});

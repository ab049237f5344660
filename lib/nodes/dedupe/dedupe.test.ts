import { expect, test } from "vitest";
import { outcomeOf } from "#lib/nodes/test-context.ts";
import { dedupe } from "./definition.ts";

const config = { key: "{{ trigger.body.id }}" };

test("asks whether its key is new", async () => {
  const { input, outcome } = await outcomeOf("dedupe", { ...config, ttlMs: 5_000 }, { body: { id: 7 } });
  expect(input).toEqual({ key: "7" });
  expect(outcome).toEqual({ firstOf: { key: "7", ttlMs: 5_000 } });
});

test.each([[null], [""], [" "], [{ a: 1 }], [[]]])("a key of %j is a validation failure", async (id) => {
  await expect(outcomeOf("dedupe", config, { body: { id } })).rejects.toMatchObject({ failureClass: "validation", code: "key_missing" });
});

test.each([[""], ["fixed"]])("the key %j is refused", (key) => {
  expect(dedupe.config.safeParse({ key }).success).toBe(false);
});

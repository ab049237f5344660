import { expect, test } from "vitest";
import { runNode } from "#lib/nodes/test-context.ts";

const config = { condition: "trigger.body.total > 10" };

test("takes the port of its condition", async () => {
  expect((await runNode("if", config, { body: { total: 11 } })).result).toEqual({ port: "true", output: { condition: true } });
  expect((await runNode("if", config, { body: { total: 10 } })).result.port).toBe("false");
});

test("a person may turn the frozen condition round", async () => {
  expect((await runNode("if", config, { input: { condition: true } })).result.port).toBe("true");
});

test("a condition that is neither true nor false is a validation failure", async () => {
  await expect(runNode("if", { condition: "trigger.body.total" }, { body: { total: 1 } })).rejects.toMatchObject({
    code: "condition_not_boolean",
  });
});

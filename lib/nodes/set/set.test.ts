import { expect, test } from "vitest";
import { runNode } from "#lib/nodes/test-context.ts";

const values = { id: "{{ trigger.body.id }}", text: "no. {{ trigger.body.id }}", fixed: [1, { a: null }] };

test("makes an object of fixed values and expressions", async () => {
  const { result } = await runNode("set", { values }, { body: { id: 7 } });
  expect(result).toEqual({ port: "out", output: { id: 7, text: "no. 7", fixed: [1, { a: null }] } });
});

test("adds to the input when told to keep it", async () => {
  const { result } = await runNode("set", { values: { b: 2 }, keep: "input" }, { body: { a: 1, b: 1 } });
  expect(result.output).toEqual({ a: 1, b: 2 });
  const other = await runNode("set", { values: { b: 2 }, keep: "input", input: "{{ trigger.body.inner }}" }, { body: { inner: { c: 3 } } });
  expect(other.result.output).toEqual({ c: 3, b: 2 });
});

test("an input to keep that is no object is a validation failure", async () => {
  await expect(runNode("set", { keep: "input" }, { body: "text" })).rejects.toMatchObject({
    failureClass: "validation",
    code: "input_not_object",
  });
});

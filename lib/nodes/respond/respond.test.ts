import { expect, test } from "vitest";
import { runNode } from "#lib/nodes/test-context.ts";

test("answers with JSON", async () => {
  const config = { status: 201, headers: { "X-Id": "{{ trigger.body.id }}" }, body: { id: "{{ trigger.body.id }}" } };
  const { result } = await runNode("respond", config, { body: { id: 7 } });
  expect(result).toEqual({
    port: "out",
    output: { status: 201 },
    answer: { status: 201, headers: { "x-id": "7", "content-type": "application/json" }, body: '{"id":7}' },
  });
});

test("answers with text, or with nothing", async () => {
  expect((await runNode("respond", { body: "thanks" })).result.answer).toMatchObject({
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "thanks",
  });
  expect((await runNode("respond", { status: 204 })).result.answer).toEqual({ status: 204, headers: {}, body: "" });
});

test("a header that an expression breaks is refused", async () => {
  await expect(runNode("respond", { headers: { A: "{{ trigger.body }}" } }, { body: "x\ny" })).rejects.toMatchObject({
    failureClass: "validation",
    code: "header_invalid",
  });
});

test("a status edited out of range is refused", async () => {
  await expect(runNode("respond", {}, { input: { status: 99 } })).rejects.toMatchObject({ code: "status_invalid" });
});

import { expect, test } from "vitest";
import { failureOf, runNode } from "#lib/nodes/test-context.ts";
import { stopAndDeadLetter } from "./definition.ts";

test("fails with the reason, and the payload as details", async () => {
  const config = { reason: "No customer {{ trigger.body.id }}", payload: { order: "{{ trigger.body }}" } };
  const failure = await failureOf(runNode("stop-and-dead-letter", config, { body: { id: 7 } }));
  expect(failure).toMatchObject({
    failureClass: "permanent",
    code: "stopped",
    message: "No customer 7",
    details: { order: { id: 7 } },
    mayHaveApplied: false,
  });
});

test("a reason that is no text, or none, still stops", async () => {
  const stop = (reason: string, body: object | null) =>
    failureOf(runNode("stop-and-dead-letter", { reason }, { body: body as Record<string, never> | null }));
  expect(await stop("{{ trigger.body }}", { a: 1 })).toMatchObject({ message: '{"a":1}', details: null });
  expect(await stop("{{ trigger.body }}", null)).toMatchObject({ message: "null" });
  const edited = await failureOf(runNode("stop-and-dead-letter", { reason: "x" }, { input: {} }));
  expect(edited).toMatchObject({ code: "stopped", message: "stopped without a reason" });
});

test("a reason is needed, and nothing can follow it", () => {
  expect(stopAndDeadLetter.config.safeParse({ reason: "" }).success).toBe(false);
  expect(stopAndDeadLetter.ports(stopAndDeadLetter.config.parse({ reason: "x" }))).toEqual([]);
});

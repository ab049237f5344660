import { expect, test } from "vitest";
import { outcomeOf } from "#lib/nodes/test-context.ts";

const untilMs = Date.parse("2026-02-01T00:00:00Z");
const nothing = { received: null, isOver: false, untilMs };

test("waits until it is called or its time is over", async () => {
  expect((await outcomeOf("wait-for-callback", {}, { outside: nothing })).outcome).toEqual({ wait: { reason: "callback", untilMs } });
});

test("hands on what it was called with", async () => {
  const received = { payload: { body: { ok: true }, headers: { "x-a": "b" } }, at: "2026-01-31T09:30:00.000Z" };
  const { outcome } = await outcomeOf("wait-for-callback", {}, { outside: { ...nothing, received } });
  expect(outcome).toEqual({ port: "out", output: { body: { ok: true }, headers: { "x-a": "b" }, receivedAt: received.at } });
});

test("takes the time-out port when its time is over, with a reason for who has no edge there", async () => {
  const { outcome } = await outcomeOf("wait-for-callback", {}, { outside: { ...nothing, isOver: true } });
  expect(outcome).toMatchObject({ port: "timeout", failure: { code: "callback_timeout", failureClass: "timeout" } });
});

import { expect, test } from "vitest";
import { outcomeOf } from "#lib/nodes/test-context.ts";
import { delay } from "./definition.ts";

const now = Date.parse("2026-01-31T09:30:00Z");
const later = "2026-01-31T09:31:00.000Z";

test("waits from when it is reached, until an absolute time that is frozen", async () => {
  const { input, outcome } = await outcomeOf("delay", { forMs: 60_000 });
  expect(input).toEqual({ until: later });
  expect(outcome).toEqual({ wait: { reason: "delay", untilMs: now + 60_000 } });
});

test("once the time has come it goes on, and does not wait again", async () => {
  const { outcome } = await outcomeOf("delay", { forMs: 60_000 }, { input: { until: later }, now: now + 60_000 });
  expect(outcome).toEqual({ port: "out", output: { until: later } });
});

test.each([
  ["2026-01-31T10:31:00+01:00", later],
  ["2026-01-31T09:31:00", later],
  ["2026-02-01", "2026-02-01T00:00:00.000Z"],
])("waits until %s", async (at, until) => {
  expect((await outcomeOf("delay", { until: "{{ trigger.body.at }}" }, { body: { at } })).input).toEqual({ until });
});

test("a time that has passed is not waited for", async () => {
  expect((await outcomeOf("delay", { until: "2020-01-01T00:00:00Z" })).outcome).toMatchObject({ port: "out" });
  expect((await outcomeOf("delay", { forMs: 0 })).outcome).toMatchObject({ port: "out" });
});

test.each([["soon"], [null], [17], [{ at: later }]])("a time of %j is a validation failure", async (at) => {
  await expect(outcomeOf("delay", { until: "{{ trigger.body.at }}" }, { body: { at } })).rejects.toMatchObject({
    failureClass: "validation",
    code: "until_invalid",
  });
});

test.each([[{}], [{ forMs: 1, until: later }], [{ forMs: -1 }], [{ forMs: 1.5 }], [{ until: "tomorrow" }], [{ until: "" }]])(
  "the settings %j are refused",
  (config) => {
    expect(delay.config.safeParse(config).success).toBe(false);
  },
);

test.each([
  [{ forMs: 86_400_000 }, "Wait 1 d"],
  [{ forMs: 5_400_000 }, "Wait 90 min"],
  [{ forMs: 1 }, "Wait 1 ms"],
  [{ until: "{{ trigger.body.at }}" }, "Wait until {{ trigger.body.at }}"],
])("%j is summed up as %s", (config, summary) => {
  expect(delay.summary(delay.config.parse(config))).toBe(summary);
});

import { expect, test } from "vitest";
import { manual } from "./manual/definition.ts";
import { schedule } from "./schedule/definition.ts";
import { runNode } from "./test-context.ts";
import { webhook } from "./webhook/definition.ts";

test.each(["webhook", "manual", "schedule"] as const)("%s hands the event on as its output", async (type) => {
  const config = type === "schedule" ? { cron: "0 9 * * *" } : {};
  expect((await runNode(type, config, { body: { a: 1 } })).result).toEqual({ port: "out", output: { body: { a: 1 } } });
});

test("a webhook's defaults are those of the contract", () => {
  expect(webhook.config.parse({})).toEqual({
    method: "POST",
    verification: { scheme: "none" },
    dedupe: { ttlMs: 604_800_000 },
    response: { mode: "ack", timeoutMs: 30_000 },
  });
  expect(webhook.config.parse({ verification: { scheme: "stripe" } }).verification).toEqual({
    scheme: "stripe",
    secretConnectionId: null,
    toleranceMs: 300_000,
  });
});

test("a deduplication key that never differs is refused", () => {
  expect(webhook.config.safeParse({ dedupe: { key: "order" } }).error?.issues[0]?.message).toContain("every delivery would be a duplicate");
});

test.each(["* * * * *", "0 9 * * 1-5", "*/30 * * * * *", "0 0 29 2 *"])("the cron line %s is accepted", (cron) => {
  expect(schedule.config.safeParse({ cron }).success).toBe(true);
});

test.each([
  ["", "5 fields"],
  ["* * * *", "5 fields"],
  ["61 * * * *", "not a cron line"],
  ["0 0 31 2 *", "never fires"],
  ["tomorrow", "5 fields"],
])("the cron line %j is refused: %s", (cron, message) => {
  expect(schedule.config.safeParse({ cron }).error?.issues[0]?.message).toContain(message);
});

test("a schedule says in words when it fires", () => {
  expect(schedule.summary(schedule.config.parse({ cron: "0 9 * * 1-5", timezone: "Europe/Paris" }))).toBe(
    "At 09:00, Monday through Friday (Europe/Paris)",
  );
  expect(schedule.config.safeParse({ cron: "* * * * *", timezone: "Mars/Base" }).success).toBe(false);
});

test("a manual trigger refuses a schema that could not be checked safely", () => {
  expect(manual.config.safeParse({ inputSchema: { type: "object" } }).success).toBe(true);
  expect(manual.config.safeParse({ inputSchema: { $ref: "https://x" } }).success).toBe(false);
});

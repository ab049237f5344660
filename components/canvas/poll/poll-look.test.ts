import { expect, test } from "vitest";
import type { PollStatus } from "#lib/shared/api-types.ts";
import { lookOfPoll } from "./poll-look.ts";

const at = "2026-01-31T09:30:00.000Z";
const well: PollStatus = { lastPolledAt: at, lastOkAt: at, nextPollAt: at, failures: 0, lastError: null, cursor: null, begun: true };
const lastError = { code: "http_500", message: "GET api.test answered 500" };

test.each<[string, Partial<PollStatus>]>([
  ["Polling", {}],
  ["Not polled yet", { lastPolledAt: null, lastOkAt: null }],
  ["Failing", { failures: 2, lastError }],
  ["Put off", { lastError }],
  ["Not polling", { nextPollAt: null, failures: 2, lastError }],
])("a poll trigger is told as %s", (label, change) => {
  expect(lookOfPoll({ ...well, ...change }).label).toBe(label);
});

import { expect, test } from "vitest";
import { answer, failureOf, outcomeOf } from "#lib/nodes/test-context.ts";

const untilMs = Date.parse("2026-02-01T00:00:00Z");
const nothing = { received: null, isOver: false, untilMs };
const config = {
  request: { url: "https://api.test/jobs/{{ trigger.body.id }}" },
  done: 'response.body.?status == "done"',
  failed: 'response.body.?status == "failed"',
};
const poll = (status: string, headers = {}, more = {}) =>
  outcomeOf("poll-until", { ...config, ...more }, { body: { id: 7 }, outside: nothing, respond: () => answer(200, { status }, headers) });

test("asks the frozen address, and is pending while the job is", async () => {
  const { input, outcome } = await poll("running");
  expect(input).toMatchObject({ method: "GET", url: "https://api.test/jobs/7" });
  expect(outcome).toEqual({ pending: { retryAfterMs: undefined } });
});

test("passes on when the server wants to be asked again", async () => {
  expect((await poll("running", { "retry-after": "30" })).outcome).toEqual({ pending: { retryAfterMs: 30_000 } });
});

test("done and failed take their ports; the output is the body, or all with where it came from", async () => {
  expect((await poll("done")).outcome).toEqual({ port: "out", output: { status: "done" } });
  expect((await poll("done", {}, { output: "full" })).outcome).toMatchObject({
    output: { status: 200, body: { status: "done" }, via: "poll" },
  });
  expect((await poll("failed")).outcome).toMatchObject({ port: "failed", failure: { code: "job_failed" } });
});

test("a call back ends it without a question, and may say that the job failed", async () => {
  const received = (status: string) => ({ payload: { body: { status }, headers: {} }, at: "2026-01-31T09:30:00.000Z" });
  const told = (status: string) =>
    outcomeOf("poll-until", { ...config, callback: true }, { body: { id: 7 }, outside: { ...nothing, received: received(status) } });
  expect((await told("whatever")).outcome).toEqual({ port: "out", output: { status: "whatever" } });
  expect((await told("failed")).outcome).toMatchObject({ port: "failed" });
});

test("when its time is over it asks no more", async () => {
  const over = outcomeOf("poll-until", config, { body: { id: 7 }, outside: { ...nothing, isOver: true } });
  expect((await over).outcome).toMatchObject({ port: "timeout", failure: { code: "poll_timeout" } });
});

test("a condition that is no yes or no, or cannot be worked out, is a failure that says so", async () => {
  for (const done of ["response.body.nothing.here == 1", "response.status"]) {
    expect(await failureOf(poll("running", {}, { done }))).toMatchObject({ code: "poll_condition", failureClass: "permanent" });
  }
});

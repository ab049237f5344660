import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { healthRules } from "#lib/policies/health.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { newId } from "#lib/shared/ids.ts";
import { keepIssues } from "./issue-keeper.ts";
import {
  connectionId,
  dueJob,
  enterNewWorkspace,
  expectEvents,
  fire,
  guarded,
  issue,
  look,
  loseWorker,
  openBreaker,
  pass,
  query,
  run,
  schedule,
  takeEvent,
  told,
  triggerId,
  troubles,
  waitFor,
  workflowId,
  workspaceId,
} from "./testing-health.ts";

let own: TestDb;

const minute = 60_000;

beforeAll(async () => {
  own = await createTestDb();
});
afterAll(() => own.drop());
beforeEach(() => enterNewWorkspace(own.db));

describe.each(Object.entries(troubles))("%s", (type, trouble) => {
  test("opens one issue, tells it once, is over by itself, and comes back as the same one, told once more", async () => {
    const { calmMs } = healthRules[type as keyof typeof troubles];
    await look();
    expect(await issue()).toBeUndefined();
    await trouble.begin();
    await look();
    await look();
    const opened = await issue();
    expect(opened).toMatchObject({ type, title: trouble.title, status: "open", count: 1, regressed: false });
    const place = { workflow: opened.workflow_id && true, node: opened.node_id, connection: opened.connection_id && true };
    expect(place).toEqual(trouble.about);
    expect(await told()).toEqual(["opened"]);

    await trouble.end();
    await look();
    expect(await issue()).toMatchObject({ status: "open" });
    await pass(calmMs + 1_000);
    await look();
    expect(await issue()).toMatchObject({ status: "resolved", regressed: false, count: 1 });
    const [line] = await query("SELECT action, actor_type, details FROM issue_activity WHERE issue_id = $1", opened.id);
    expect(line).toMatchObject({ action: "resolved", actor_type: "system", details: expect.stringContaining("it is over") });

    await trouble.begin();
    await look();
    await look();
    expect(await issue()).toMatchObject({ id: opened.id, status: "open", count: 2, regressed: true, episode: 2 });
    expect(await told()).toEqual(["opened", "regressed"]);
    await trouble.end();
    await query("DELETE FROM issue_activity");
  });
});

describe("an issue about a state of things", () => {
  const { begin, end } = troubles.breaker_open;
  const settle = (status: string) =>
    query("UPDATE issue SET status = $2, resolved_at = now() WHERE workspace_id = $1", workspaceId, status);

  test("stays one and tells nobody again when its breaker flaps", async () => {
    await begin();
    await look();
    for (let flap = 0; flap < 5; flap++) {
      await end();
      await pass(minute);
      await look();
      await begin();
      await look();
    }
    expect(await issue()).toMatchObject({ status: "open", count: 6, regressed: false });
    expect(await told()).toEqual(["opened"]);
    await end();
  });

  test("that a person resolves stays so while it lasts, and comes back with the next time", async () => {
    await begin();
    await look();
    await settle("resolved");
    await look();
    expect(await issue()).toMatchObject({ status: "resolved", count: 1 });
    await end();
    await pass(minute);
    await begin();
    await look();
    expect(await issue()).toMatchObject({ status: "open", count: 2, regressed: true });
    expect(await told()).toEqual(["opened", "regressed"]);
    await end();
  });

  test("tells nobody while it is ignored or snoozed; a snooze that ends after it was over just ends it", async () => {
    await begin();
    await look();
    await settle("ignored");
    await pass(10 * minute);
    await look();
    expect(await issue()).toMatchObject({ status: "ignored", count: 2 });
    const ends = JSON.stringify({ until: new Date(Date.now() - 1_000).toISOString() });
    await query("UPDATE issue SET status = 'snoozed', snooze = $2 WHERE workspace_id = $1", workspaceId, ends);
    await keepIssues(own.db.pool);
    expect(await issue()).toMatchObject({ status: "open" });
    expect(await told()).toEqual(["opened", "unsnoozed"]);
    await look();
    expect(await told()).toEqual(["opened", "unsnoozed"]);
    await end();
    await query("UPDATE issue SET status = 'snoozed', snooze = $2 WHERE workspace_id = $1", workspaceId, ends);
    await pass(10 * minute);
    await look();
    expect(await issue()).toMatchObject({ status: "snoozed" });
    await keepIssues(own.db.pool);
    expect(await issue()).toMatchObject({ status: "resolved" });
    expect(await told()).toEqual(["opened", "unsnoozed"]);
  });

  test("escalates once when it lasts, also when somebody has acknowledged it", async () => {
    await begin();
    await look();
    await settle("acknowledged");
    await query("UPDATE issue SET opened_at = opened_at - interval '61 minutes' WHERE workspace_id = $1", workspaceId);
    await look();
    await look();
    expect(await issue()).toMatchObject({ status: "acknowledged", escalating: true });
    expect(await told()).toEqual(["opened", "escalating"]);
    await end();
  });
});

describe("nothing is said", () => {
  test("of a breaker that no live run met, that has just opened, or that nobody tries", async () => {
    const [fresh, idle, unmet] = [newId(), newId(), newId()];
    for (const id of [fresh, idle]) await guarded(id, "api.test");
    await openBreaker(unmet, 10);
    await query("INSERT INTO breaker VALUES ($1, $2, 'half_open', 3, 1, NULL, NULL, now())", fresh, workspaceId);
    await openBreaker(idle, 60);
    await query(
      "UPDATE breaker SET open_until = now() - interval '11 minutes', changed_at = now() - interval '11 minutes' WHERE id = $1",
      idle,
    );
    await look();
    expect(await issue()).toBeUndefined();
  });

  test("of calls that wait shortly, are urgent and only queued as if they had come long ago, or are of a test run", async () => {
    const bucket = bucketId(workspaceId, "connection", connectionId);
    await waitFor(bucket, { minutes: 9 });
    await waitFor(bucket, { minutes: 6, priority: 1 });
    await waitFor(bucket, { minutes: 30, mode: "test" });
    await look();
    expect(await issue()).toBeUndefined();
  });

  test("of times that were missed and made up for, and of a schedule that is switched off", async () => {
    await schedule("-10 minutes");
    await query("UPDATE workflow_trigger SET enabled = false WHERE id = $1", triggerId);
    await look();
    await query("UPDATE workflow_trigger SET enabled = true, next_fire_at = now() + interval '1 minute' WHERE id = $1", triggerId);
    await fire("missed", "5 minutes");
    await fire("fired", "4 minutes");
    await look();
    expect(await issue()).toBeUndefined();
  });

  test("of runs that are due since less than ten minutes, wait for a time of their own, or are test runs", async () => {
    await dueJob(await run(), 9);
    await dueJob(await run(), -60);
    await dueJob(await run("test"), 60);
    await look();
    expect(await issue()).toBeUndefined();
    await query("SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker._private_jobs");
  });

  test("of a trigger that takes events, was just published, or has no expectation", async () => {
    await expectEvents(60_000, "30 seconds");
    await look();
    expect(await issue()).toBeUndefined();
    await query("UPDATE workflow_trigger SET updated_at = now() - interval '1 hour', config = '{}' WHERE id = $1", triggerId);
    await look();
    expect(await issue()).toBeUndefined();
    await query("UPDATE workflow_trigger SET config = $2 WHERE id = $1", triggerId, JSON.stringify({ expectEveryMs: 60_000 }));
    await takeEvent("duplicate");
    await look();
    expect(await issue()).toBeUndefined();
    await query("UPDATE event SET outcome = 'rejected' WHERE trigger_id = $1", triggerId);
    await look();
    expect(await issue()).toMatchObject({ type: "no_events" });
  });

  test("of workers that stopped in good order", async () => {
    await loseWorker();
    await query("UPDATE worker SET draining = true");
    await look();
    expect(await issue()).toBeUndefined();
  });
});

test("the limit of a step, or of one key of it, is an issue of the step", async () => {
  await waitFor(bucketId(workspaceId, "node", workflowId, "call", "key 1"));
  await waitFor(bucketId(workspaceId, "node", workflowId, "call", "key 2"));
  await look();
  expect(await issue()).toMatchObject({
    type: "throttle_backlog",
    workflow_id: workflowId,
    node_id: "call",
    connection_id: null,
    count: 1,
  });
});

test("a schedule whose time has come and that nobody starts is missed as well, and several times of it are counted", async () => {
  await schedule("-3 minutes");
  await look();
  await look();
  expect(await issue()).toMatchObject({ type: "missed_schedule", count: 1 });
  await query("UPDATE workflow_trigger SET next_fire_at = now() + interval '1 hour' WHERE id = $1", triggerId);
  await pass(10 * minute);
  for (const ago of ["4 minutes", "3 minutes", "2 minutes 30 seconds"]) await fire("missed", ago);
  await look();
  await look();
  expect(await issue()).toMatchObject({ status: "open", count: 4 });
});

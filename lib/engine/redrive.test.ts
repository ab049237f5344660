import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AppError } from "#lib/shared/errors.ts";
import { cancelRun, decideDeadLetter, discardDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
});

const by = "anna";

/** start → first call → second call → after: the second one is what fails. */
function twoCalls(policy: object = {}) {
  const call = (id: string, path: string) => ({
    id,
    type: "http-request",
    name: id,
    config: { method: "POST", url: `https://api.test/${path}`, body: { email: "{{ trigger.body.email }}" } },
    policy: {
      retry: { initialMs: 1, maxMs: 2 },
      idempotency: { key: `{{ trigger.body.id + "-${id}" }}`, header: "Idempotency-Key" },
      ...policy,
    },
  });
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      call("first", "first"),
      call("second", "second"),
      { id: "after", type: "set", name: "After", config: { values: { ok: "{{ steps.second.output.ok }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "first" },
      { id: "e2", source: "first", target: "second" },
      { id: "e3", source: "second", target: "after" },
    ],
  };
}

async function openLetter(saved: SavedDocument) {
  const { rows } = await engine.db.pool.query<{ id: string; input: string; issue_id: string }>(
    "SELECT id, input, issue_id FROM dead_letter WHERE workflow_id = $1 AND status = 'open'",
    [saved.workflowId],
  );
  if (!rows[0]) throw new Error("there is no open dead letter");
  return rows[0];
}

async function issueOf(saved: SavedDocument) {
  const { rows } = await engine.db.pool.query<{ status: string; count: number; regressed: boolean }>(
    "SELECT status, count, regressed FROM issue WHERE workflow_id = $1",
    [saved.workflowId],
  );
  return rows;
}

function paths(): string[] {
  return engine.calls.map((call) => new URL(call.url).pathname);
}

async function failOnce(saved: SavedDocument, id: string) {
  engine.onCall((request) => (request.url.endsWith("/second") ? answer(422, { error: "no such e-mail" }) : answer(200, { ok: true })));
  return engine.run(saved, { id, email: "wrong" });
}

test("a redrive goes on from the failed step with the edited input, under the same key, and repeats nothing before it", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "r1");
  expect(failed.status).toBe("failed");
  const letter = await openLetter(saved);
  const input = JSON.parse(letter.input);
  expect(input.body).toEqual({ email: "wrong" });
  engine.onCall(() => answer(200, { ok: true }));
  await redriveDeadLetter(engine.db.pool, {
    workspaceId: engine.workspaceId,
    deadLetterId: letter.id,
    input: { ...input, body: { email: "right" } },
    by,
  });
  expect((await untilEnd(engine, failed.runId)).status).toBe("succeeded");
  expect(paths()).toEqual(["/first", "/second", "/second"]);
  expect(engine.calls[2]?.body).toBe('{"email":"right"}');
  expect(await issueOf(saved)).toMatchObject([{ status: "resolved", count: 1 }]);
  await expect(openLetter(saved)).rejects.toThrow("no open dead letter");
});

test("an unedited redrive sends the same key again, an edited one a new key, because the remote may have kept its answer to the old", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "r2");
  const letter = { workspaceId: engine.workspaceId, deadLetterId: (await openLetter(saved)).id, by };
  await redriveDeadLetter(engine.db.pool, letter);
  await untilEnd(engine, failed.runId);
  const edited = { ...JSON.parse((await openLetter(saved)).input), body: { email: "right" } };
  engine.onCall(() => answer(200, { ok: true }));
  await redriveDeadLetter(engine.db.pool, { ...letter, input: edited });
  expect((await untilEnd(engine, failed.runId)).status).toBe("succeeded");
  const keys = engine.calls.filter((call) => call.url.endsWith("/second")).map((call) => call.headers["Idempotency-Key"]);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[0]);
});

test("an edit that fails again leaves the original beside it, and an unedited redrive after it sends the original", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "r2b");
  const first = await openLetter(saved);
  const letter = { workspaceId: engine.workspaceId, deadLetterId: first.id, by };
  await redriveDeadLetter(engine.db.pool, { ...letter, input: { ...JSON.parse(first.input), body: { email: "worse" } } });
  await untilEnd(engine, failed.runId);
  expect((await openLetter(saved)).input).toBe(first.input);
  engine.onCall(() => answer(200, { ok: true }));
  await redriveDeadLetter(engine.db.pool, letter);
  expect((await untilEnd(engine, failed.runId)).status).toBe("succeeded");
  const bodies = engine.calls.filter((call) => call.url.endsWith("/second")).map((call) => call.body);
  expect(bodies).toEqual(['{"email":"wrong"}', '{"email":"worse"}', '{"email":"wrong"}']);
});

test("where another run has used its key since, a redrive takes that one's result; under new keys it acts, edited or not", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const first = await failOnce(saved, "r2c");
  const second = await failOnce(saved, "r2c");
  expect([first.status, second.status]).toEqual(["failed", "failed"]);
  const { rows } = await engine.db.pool.query<{ id: string; input: string }>(
    "SELECT id, input FROM dead_letter WHERE workflow_id = $1 ORDER BY id",
    [saved.workflowId],
  );
  engine.onCall(() => answer(200, { ok: true }));
  const third = await engine.run(saved, { id: "r2c", email: "wrong" });
  expect(third.status).toBe("succeeded");
  const sent = () => engine.calls.filter((call) => call.url.endsWith("/second")).length;
  const before = sent();
  const letter = (index: number) => ({ workspaceId: engine.workspaceId, deadLetterId: rows[index]?.id ?? "", by });
  await redriveDeadLetter(engine.db.pool, letter(0));
  expect((await untilEnd(engine, first.runId)).status).toBe("succeeded");
  expect(sent()).toBe(before);
  const edited = { ...JSON.parse(rows[1]?.input ?? ""), body: { email: "right" } };
  await redriveDeadLetter(engine.db.pool, { ...letter(1), input: edited, newKeys: true });
  expect((await untilEnd(engine, second.runId)).status).toBe("succeeded");
  expect(sent()).toBe(before + 1);
  expect(engine.calls.at(-1)?.body).toBe('{"email":"right"}');
});

test("an item that fails again of another cause goes to that one's issue, and an issue without items is over", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "r2d");
  const letter = await openLetter(saved);
  engine.onCall(() => answer(410, { error: "gone" }));
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter.id, by });
  await untilEnd(engine, failed.runId);
  const { rows } = await engine.db.pool.query<{ status: string; open: number }>(
    `SELECT i.status, (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.status = 'open') AS open
     FROM issue i WHERE i.workflow_id = $1 ORDER BY i.id`,
    [saved.workflowId],
  );
  expect(rows).toEqual([
    { status: "resolved", open: 0 },
    { status: "open", open: 1 },
  ]);
});

test("what fails again after a redrive is the same item, open again, in the same issue", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "r3");
  const letter = await openLetter(saved);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter.id, by });
  expect((await untilEnd(engine, failed.runId)).status).toBe("failed");
  expect(await openLetter(saved)).toMatchObject({ id: letter.id, issue_id: letter.issue_id });
  expect(await issueOf(saved)).toMatchObject([{ status: "open", count: 2 }]);
});

test("many failures of one cause make one issue that counts them", async () => {
  const saved = await engine.saveDocument(twoCalls());
  for (const id of ["m1", "m2", "m3"]) await failOnce(saved, id);
  expect(await issueOf(saved)).toMatchObject([{ status: "open", count: 3 }]);
});

test("a failure after its issue was resolved reopens it as regressed", async () => {
  const saved = await engine.saveDocument(twoCalls());
  await failOnce(saved, "g1");
  const letter = await openLetter(saved);
  await discardDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter.id, reason: "known", by });
  expect(await issueOf(saved)).toMatchObject([{ status: "resolved", regressed: false }]);
  await failOnce(saved, "g2");
  expect(await issueOf(saved)).toMatchObject([{ status: "open", regressed: true }]);
});

test("redriving twice at once starts the step once", async () => {
  const saved = await engine.saveDocument(twoCalls());
  const failed = await failOnce(saved, "t1");
  const letter = { workspaceId: engine.workspaceId, deadLetterId: (await openLetter(saved)).id, by };
  engine.onCall(() => answer(200, { ok: true }));
  const results = await Promise.allSettled([redriveDeadLetter(engine.db.pool, letter), redriveDeadLetter(engine.db.pool, letter)]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  await untilEnd(engine, failed.runId);
  expect(paths()).toEqual(["/first", "/second", "/second"]);
});

test("an item of another workspace does not exist", async () => {
  const saved = await engine.saveDocument(twoCalls());
  await failOnce(saved, "w1");
  const foreign = { workspaceId: saved.workflowId, deadLetterId: (await openLetter(saved)).id, by };
  await expect(redriveDeadLetter(engine.db.pool, foreign)).rejects.toMatchObject({ code: "not_found" });
  await expect(discardDeadLetter(engine.db.pool, { ...foreign, reason: "x" })).rejects.toMatchObject({ code: "not_found" });
});

test("an unknown outcome cannot be redriven, only decided: done goes on with the given result and makes no call", async () => {
  const saved = await engine.saveDocument(twoCalls({ idempotency: {} }));
  engine.onCall((request) => answer(request.url.endsWith("/second") ? 502 : 200, { ok: true }));
  const failed = await engine.run(saved, { id: "u1", email: "e" });
  const letter = { workspaceId: engine.workspaceId, deadLetterId: (await openLetter(saved)).id, by };
  await expect(redriveDeadLetter(engine.db.pool, letter)).rejects.toBeInstanceOf(AppError);
  await decideDeadLetter(engine.db.pool, { ...letter, as: "done", result: { ok: "by hand" } });
  expect((await untilEnd(engine, failed.runId)).status).toBe("succeeded");
  expect(paths()).toEqual(["/first", "/second"]);
  const { rows } = await engine.db.pool.query("SELECT output FROM step WHERE run_id = $1 AND node_id = 'after'", [failed.runId]);
  expect(rows).toEqual([{ output: '{"ok":"by hand"}' }]);
});

test("an unknown outcome decided as repeat is sent once more", async () => {
  const saved = await engine.saveDocument(twoCalls({ idempotency: {} }));
  engine.onCall((request) => answer(request.url.endsWith("/second") ? 502 : 200, { ok: true }));
  const failed = await engine.run(saved, { id: "u2", email: "e" });
  engine.onCall(() => answer(200, { ok: true }));
  await decideDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: (await openLetter(saved)).id, as: "repeat", by });
  expect((await untilEnd(engine, failed.runId)).status).toBe("succeeded");
  expect(paths()).toEqual(["/first", "/second", "/second"]);
});

test("a run that waits can be canceled, and one that has ended cannot", async () => {
  const saved = await engine.saveDocument(twoCalls({ retry: { initialMs: 3_600_000, maxMs: 3_600_000, jitter: "none" } }));
  engine.onCall((request) => answer(request.url.endsWith("/second") ? 503 : 200, { ok: true }));
  const { runId } = await engine.accept(saved, { id: "c1", email: "e" });
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows[0]?.status, { timeout: 10_000 })
    .toBe("waiting");
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  await expect(cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId })).rejects.toMatchObject({ code: "conflict" });
});

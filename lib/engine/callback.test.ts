import { afterEach, beforeEach, expect, test } from "vitest";
import { derivedId } from "#lib/shared/ids.ts";
import { cancelRun, redriveDeadLetter } from "./ledger/commands.ts";
import { type PutSignal, putSignal, Signals } from "./ledger/signals.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, testLinks, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

/** start → submit (hands the link to the remote) → wait → after. */
function callbackDocument(config: object = {}) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "submit",
        type: "http-request",
        name: "Submit",
        config: { method: "POST", url: "https://api.test/jobs", body: { callback: "{{ run.resumeUrls.wait }}" } },
      },
      { id: "wait", type: "wait-for-callback", name: "Wait", config },
      { id: "after", type: "set", name: "After", config: { values: { got: "{{ steps.wait.output.body }}" } } },
      { id: "late", type: "set", name: "Late", config: { values: { late: true } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "submit" },
      { id: "e2", source: "submit", target: "wait" },
      { id: "e3", source: "wait", target: "after" },
      { id: "e4", source: "wait", sourcePort: "timeout", target: "late" },
    ],
  };
}

const where = (runId: string) => ({ workspaceId: engine.workspaceId, runId, nodeId: "wait", iteration: "" });

function callBack(runId: string, body: unknown): Promise<PutSignal> {
  const payload = JSON.stringify({ body, headers: {} });
  return putSignal(engine.db.pool, { ...where(runId), kind: "callback", payload, sentBy: null });
}

async function stepOf(runId: string, nodeId = "wait") {
  const { rows } = await engine.db.pool.query<{ status: string; wait_reason: string | null; port: string | null; output: string | null }>(
    "SELECT status, wait_reason, port, output FROM step WHERE run_id = $1 AND node_id = $2",
    [runId, nodeId],
  );
  return rows[0];
}

async function untilParked(saved: SavedDocument): Promise<string> {
  const { runId } = await engine.accept(saved, null);
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows, { timeout: 20_000 })
    .toEqual([{ status: "waiting" }]);
  return runId;
}

/** Moves the time-out of a parked step into the past, as if the time had passed. */
async function passDeadline(runId: string): Promise<void> {
  await engine.db.pool.query(
    "UPDATE step SET deadline_at = now() - interval '1 second', wake_at = now() - interval '1 second' WHERE run_id = $1 AND node_id = 'wait'",
    [runId],
  );
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
}

test("the link an earlier request hands over completes the step, and its body goes on", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  await engine.startWorker();
  const runId = await untilParked(saved);
  expect(await stepOf(runId)).toMatchObject({ status: "waiting", wait_reason: "callback" });
  const link = JSON.parse(engine.calls[0]?.body ?? "{}").callback;
  expect(testLinks.read(link.split("/").at(-1))).toEqual(where(runId));
  expect(await callBack(runId, { status: "done" })).toBe("first");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(JSON.parse((await stepOf(runId, "after"))?.output ?? "")).toEqual({ got: { status: "done" } });
  expect(JSON.parse((await stepOf(runId))?.output ?? "")).toMatchObject({ receivedAt: expect.stringMatching(/Z$/) });
  expect(await callBack(runId, { status: "again" })).toBe("known");
});

test("scenario 20: a call back that comes before the step waits is matched when it does", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  const { runId } = await engine.accept(saved, null);
  expect(await callBack(runId, "early")).toBe("first");
  await engine.startWorker();
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(JSON.parse((await stepOf(runId, "after"))?.output ?? "")).toEqual({ got: "early" });
});

test("scenario 85: a call back that comes before the submit has been committed is matched, a second one is ignored", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  const answers: PutSignal[] = [];
  engine.onCall(async (request) => {
    const { callback } = JSON.parse(request.body ?? "{}");
    const step = testLinks.read(callback.split("/").at(-1));
    // The remote is done before it has even answered.
    answers.push(await callBack(step?.runId ?? "", 1), await callBack(step?.runId ?? "", 2));
    return answer(202, { id: "job" });
  });
  await engine.startWorker();
  const { runId } = await engine.accept(saved, null);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(answers).toEqual(["first", "known"]);
  expect(JSON.parse((await stepOf(runId, "after"))?.output ?? "")).toEqual({ got: 1 });
});

test("however a call back and the parking of the run fall together, the run is woken", async () => {
  const saved = await engine.saveDocument(callbackDocument({ timeoutMs: 600_000 }));
  await engine.startWorker();
  await engine.startWorker();
  const pending: Promise<unknown>[] = [];
  engine.onCall((request) => {
    const step = testLinks.read(
      JSON.parse(request.body ?? "{}")
        .callback.split("/")
        .at(-1),
    );
    // From before the step is reached until well after it is parked.
    const inMs = Math.random() * 40;
    pending.push(new Promise((resolve) => setTimeout(resolve, inMs)).then(() => callBack(step?.runId ?? "", "raced")));
    return answer(202, {});
  });
  const runs = await Promise.all(Array.from({ length: 60 }, () => engine.accept(saved, null)));
  // A lost wake-up would leave its run waiting for the ten minutes of the time-out.
  const ends = await Promise.all(runs.map(({ runId }) => untilEnd(engine, runId)));
  expect(new Set(ends.map((end) => end.status))).toEqual(new Set(["succeeded"]));
  expect(new Set(await Promise.all(pending))).toEqual(new Set(["first"]));
}, 120_000);

test("a call back between the look for it and the parking of the run wakes the run", async () => {
  // The window in which a wake-up could be lost: nothing was found, and nothing is parked yet.
  const signals = () => new Signals({ pool: raced.db.pool });
  let called = 0;
  const raced = await createTestEngine({
    signals: {
      read: async (stepIds) => {
        const found = await signals().read(stepIds);
        const { rows } = await raced.db.pool.query<{ id: string }>("SELECT id FROM run");
        const draft = { workspaceId: raced.workspaceId, runId: rows[0]?.id ?? "", nodeId: "wait", iteration: "" };
        if (called++ === 0) await putSignal(raced.db.pool, { ...draft, kind: "callback", payload: '{"body":"between"}', sentBy: null });
        return found;
      },
      settle: (step, how) => signals().settle(step, how),
      reopen: (stepId) => signals().reopen(stepId),
    },
  });
  try {
    const saved = await raced.saveDocument(callbackDocument({ timeoutMs: 600_000 }));
    await raced.startWorker();
    const { runId } = await raced.accept(saved, null);
    expect(await untilEnd(raced, runId)).toMatchObject({ status: "succeeded" });
    expect(called).toBeGreaterThan(1);
  } finally {
    await raced.stop();
  }
});

test("of many that call back at once the first is stored, and all are told the same", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  const { runId } = await engine.accept(saved, null);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => callBack(runId, index)));
  expect(answers.filter((given) => given === "first")).toHaveLength(1);
  expect(answers.filter((given) => given === "known")).toHaveLength(19);
  await engine.startWorker();
  await untilEnd(engine, runId);
  expect(JSON.parse((await stepOf(runId, "after"))?.output ?? "")).toEqual({ got: answers.indexOf("first") });
});

test("in time nobody: the time-out port is taken, and who calls then is told that it is over", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  await engine.startWorker();
  const runId = await untilParked(saved);
  await passDeadline(runId);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(await stepOf(runId)).toMatchObject({ status: "succeeded", port: "timeout" });
  expect(await stepOf(runId, "late")).toMatchObject({ status: "succeeded" });
  expect(await callBack(runId, "late")).toBe("over");
});

test("a call back that was told it counts is not lost to a time-out that passes before the run is picked up", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  const worker = await engine.startWorker();
  const runId = await untilParked(saved);
  await engine.stopWorker(worker);
  expect(await callBack(runId, "just in time")).toBe("first");
  await passDeadline(runId);
  await engine.startWorker();
  await untilEnd(engine, runId);
  expect(await stepOf(runId)).toMatchObject({ port: "out" });
});

test("a time-out that no edge leaves asks a person, and a redriven step waits anew under the same link", async () => {
  const document = callbackDocument();
  const saved = await engine.saveDocument({ ...document, edges: document.edges.slice(0, 3) });
  await engine.startWorker();
  const runId = await untilParked(saved);
  await passDeadline(runId);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "callback_timeout" } });
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [runId]);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "test" });
  await expect.poll(() => stepOf(runId), { timeout: 20_000 }).toMatchObject({ status: "waiting", wait_reason: "callback" });
  expect(await callBack(runId, "at last")).toBe("first");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
});

test("a failed run that may be redriven takes what comes meanwhile; one that has ended for good does not", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  engine.onCall(() => answer(400, {}));
  await engine.startWorker();
  const failed = await engine.accept(saved, null);
  await untilEnd(engine, failed.runId);
  expect(await callBack(failed.runId, "early")).toBe("first");
  engine.onCall(() => answer(202, {}));
  const canceled = await untilParked(saved);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: canceled });
  expect(await untilEnd(engine, canceled)).toMatchObject({ status: "canceled" });
  expect(await callBack(canceled, "too late")).toBe("over");
});

test("a run of another workspace is unknown", async () => {
  const saved = await engine.saveDocument(callbackDocument());
  const { runId } = await engine.accept(saved, null);
  const draft = { ...where(runId), workspaceId: derivedId("another"), kind: "callback", payload: "null", sentBy: null } as const;
  expect(await putSignal(engine.db.pool, draft)).toBe("unknown");
});

test("inside of a loop each item has a link of its own, which goes on with that item", async () => {
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "each", type: "for-each", name: "Each", config: { items: "{{ trigger.body }}", concurrency: 3 } },
      {
        id: "submit",
        type: "http-request",
        name: "Submit",
        config: { method: "POST", url: "https://api.test/jobs", body: { item: "{{ item }}", callback: "{{ run.resumeUrls.wait }}" } },
      },
      { id: "wait", type: "wait-for-callback", name: "Wait" },
      { id: "after", type: "set", name: "After", config: { values: { all: "{{ steps.each.output }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "each" },
      { id: "e2", source: "each", sourcePort: "item", target: "submit" },
      { id: "e3", source: "submit", target: "wait" },
      { id: "e4", source: "each", sourcePort: "done", target: "after" },
    ],
  });
  const links = new Map<string, string>();
  engine.onCall((request) => {
    const { item, callback } = JSON.parse(request.body ?? "{}");
    links.set(item, callback.split("/").at(-1));
    return answer(202, {});
  });
  await engine.startWorker();
  const { runId } = await engine.accept(saved, ["a", "b", "c"]);
  await expect.poll(() => links.size, { timeout: 20_000 }).toBe(3);
  expect([...links.values()].map((link) => testLinks.read(link)?.iteration).toSorted()).toEqual(["0", "1", "2"]);
  for (const item of ["c", "a", "b"]) {
    const step = testLinks.read(links.get(item) ?? "");
    if (!step) throw new Error("the link is none");
    const payload = JSON.stringify({ body: `${item} is done`, headers: {} });
    expect(await putSignal(engine.db.pool, { ...step, kind: "callback", payload, sentBy: null })).toBe("first");
  }
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  const { rows } = await engine.db.pool.query<{ output: string }>(
    "SELECT output FROM step WHERE run_id = $1 AND node_id = 'wait' ORDER BY iteration",
    [runId],
  );
  expect(rows.map((row) => JSON.parse(row.output).body)).toEqual(["a is done", "b is done", "c is done"]);
});

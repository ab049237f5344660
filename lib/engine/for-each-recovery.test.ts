import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NodeError } from "#lib/nodes/runner.ts";
import { cancelRun, decideDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import { bodyOf, itemStatuses, lettersOf, loopDocument, loopOutput, numbers, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall((request) => answer(200, { got: bodyOf(request) }));
});

const patient = { timeout: 60_000, interval: 20 };

function refuse(...bad: number[]) {
  engine.onCall((request) => (bad.includes(Number(bodyOf(request))) ? answer(422, {}) : answer(200, { got: bodyOf(request) })));
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function redrive(runId: string, iteration: string): Promise<void> {
  const letter = (await lettersOf(engine, runId)).find((one) => one.iteration === iteration && one.status === "open");
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter?.id ?? "", by: "anna" });
}

async function letterStatus(runId: string, iteration: string): Promise<string | undefined> {
  return (await lettersOf(engine, runId)).find((letter) => letter.iteration === iteration)?.status;
}

test("scenario 39: of 1,000 items whose worker is gone at item 500, finished ones are not repeated, and the results are in order", async () => {
  const own = await createTestEngine();
  const first = await own.startWorker();
  const dead = gate();
  own.onCall(async (request) => {
    const item = Number(bodyOf(request));
    const seen = own.calls.filter((call) => bodyOf(call) === item).length;
    if (item >= 500 && item < 505 && seen === 1) await dead.opened; // what the first worker is at when it dies never comes back to it
    return answer(200, { got: item });
  });
  const document = loopDocument({ call: { method: "PUT" }, loop: { concurrency: 5 } });
  const { runId } = await own.accept(await own.saveDocument(document), { list: numbers(1_000) });
  const done = async () => (await stepsOf(own, runId, "call")).filter(({ status }) => status === "succeeded").length;
  await expect.poll(done, patient).toBe(500);
  await own.db.pool.query("UPDATE worker SET stopped_at = now() WHERE id = $1", [first.id]);
  await own.startWorker();
  await expect
    .poll(async () => {
      await own.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
        runId,
      ]);
      return own.calls.length;
    }, patient)
    .toBeGreaterThan(510);
  expect((await untilEnd(own, runId)).status).toBe("succeeded");
  const times = new Map<number, number>();
  for (const call of own.calls) times.set(Number(bodyOf(call)), (times.get(Number(bodyOf(call))) ?? 0) + 1);
  expect([...times].filter(([, count]) => count > 1)).toEqual([500, 501, 502, 503, 504].map((item) => [item, 2]));
  expect(times.size).toBe(1_000);
  expect((await loopOutput(own, runId)).results).toEqual(numbers(1_000).map((got) => ({ got })));
  dead.open();
  await own.stop();
}, 180_000);

test("an unsafe call of an item that is cut off is asked about, and the other items go on", async () => {
  engine.onCall((request) => {
    if (bodyOf(request) === 1) throw new NodeError("timeout", "timeout", "no answer", { mayHaveApplied: true });
    return answer(200, { got: bodyOf(request) });
  });
  const ended = await engine.run(await engine.saveDocument(loopDocument({ loop: { tolerate: { count: 1 } } })), { list: numbers(4) });
  expect(itemStatuses(await loopOutput(engine, ended.runId))).toBe("sfss");
  const [letter] = await lettersOf(engine, ended.runId);
  expect(letter).toMatchObject({ iteration: "1", kind: "unknown_outcome" });
  await decideDeadLetter(engine.db.pool, {
    workspaceId: engine.workspaceId,
    deadLetterId: letter?.id ?? "",
    by: "anna",
    as: "done",
    result: { id: "seen" },
  });
  await expect.poll(async () => itemStatuses(await loopOutput(engine, ended.runId)), patient).toBe("ssss");
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect((await loopOutput(engine, ended.runId)).results).toEqual([{ got: 0 }, { id: "seen" }, { got: 2 }, { got: 3 }]);
  expect(engine.calls).toHaveLength(4);
});

test("a redrive runs the item that failed alone again, and the loop goes on from where it stood", async () => {
  refuse(2);
  const ended = await engine.run(await engine.saveDocument(loopDocument()), { list: numbers(6) });
  expect([ended.status, engine.calls.length]).toEqual(["failed", 3]);
  refuse();
  await redrive(ended.runId, "2");
  await expect.poll(() => letterStatus(ended.runId, "2"), patient).toBe("resolved");
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([0, 1, 2, 2, 3, 4, 5]);
  expect(await loopOutput(engine, ended.runId)).toMatchObject({ results: numbers(6).map((got) => ({ got })), succeeded: 6 });
  expect(await stepsOf(engine, ended.runId, "after")).toHaveLength(1);
});

test("with several failed items a redrive of one leaves the others as they are, and the loop still counts them", async () => {
  refuse(0, 1);
  const document = loopDocument({ loop: { concurrency: 2 } });
  const ended = await engine.run(await engine.saveDocument(document), { list: numbers(4) });
  expect(engine.calls).toHaveLength(2);
  refuse();
  await redrive(ended.runId, "0");
  await expect.poll(() => letterStatus(ended.runId, "0"), patient).toBe("resolved");
  expect(await untilEnd(engine, ended.runId)).toMatchObject({
    status: "failed",
    error: { message: "1 of 4 items failed; none is tolerated" },
  });
  expect(engine.calls.map(bodyOf).slice(2)).toEqual([0]);
  await redrive(ended.runId, "1");
  await expect.poll(() => letterStatus(ended.runId, "1"), patient).toBe("resolved");
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(engine.calls.map(bodyOf).slice(3).sort()).toEqual([1, 2, 3]);
});

test("a tolerated item of a run that has succeeded runs alone again, and what stands behind the loop is not repeated", async () => {
  refuse(1);
  const behind = {
    id: "behind",
    type: "http-request",
    name: "Behind",
    config: { method: "POST", url: "https://api.test/behind", body: 7 },
  };
  const document = loopDocument({ loop: { tolerate: { count: 1 } }, nodes: [behind], edges: [["loop:done", "behind"]] });
  const ended = await engine.run(await engine.saveDocument(document), { list: numbers(3) });
  expect(ended.status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([0, 1, 2, 7]);
  refuse();
  await redrive(ended.runId, "1");
  await expect.poll(() => letterStatus(ended.runId, "1"), patient).toBe("resolved");
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([0, 1, 2, 7, 1]);
  expect(await loopOutput(engine, ended.runId)).toMatchObject({ results: [{ got: 0 }, { got: 1 }, { got: 2 }], failed: 0 });
});

test("a redrive of an item that fails again leaves the run as it was, with the item in the inbox", async () => {
  refuse(1);
  const document = loopDocument({ loop: { tolerate: { count: 1 } } });
  const ended = await engine.run(await engine.saveDocument(document), { list: numbers(3) });
  await redrive(ended.runId, "1");
  await expect.poll(async () => [engine.calls.length, await letterStatus(ended.runId, "1")], patient).toEqual([4, "open"]);
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(itemStatuses(await loopOutput(engine, ended.runId))).toBe("sfs");
});

test("an item redriven while the loop still goes on is not forgotten when the run would end", async () => {
  const hold = gate();
  let bad = [0];
  engine.onCall(async (request) => {
    if (bodyOf(request) === 2) await hold.opened;
    return bad.includes(Number(bodyOf(request))) ? answer(422, {}) : answer(200, { got: bodyOf(request) });
  });
  const { runId } = await engine.accept(await engine.saveDocument(loopDocument({ loop: { tolerate: { count: 1 } } })), {
    list: numbers(3),
  });
  await expect.poll(() => letterStatus(runId, "0"), patient).toBe("open");
  await expect.poll(() => engine.calls.length, patient).toBe(3);
  bad = [];
  await redrive(runId, "0");
  hold.open();
  await expect.poll(() => letterStatus(runId, "0"), patient).toBe("resolved");
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([0, 1, 2, 0]);
  expect(itemStatuses(await loopOutput(engine, runId))).toBe("sss");
});

test("a redrive inside a loop in a loop takes up both", async () => {
  refuse(3);
  const document = {
    ...loopDocument({
      loop: { tolerate: { count: 1 } },
      nodes: [{ id: "inner", type: "for-each", name: "Inner", config: { items: "{{ item }}", tolerate: { count: 1 } } }],
    }),
    edges: [
      ["start", "out", "loop"],
      ["loop", "item", "inner"],
      ["inner", "item", "call"],
      ["loop", "done", "after"],
    ].map(([source, sourcePort, target], index) => ({ id: `e${index}`, source, sourcePort, target })),
  };
  // Once tolerated by the inner loop, so that the outer item had succeeded; once not, so that it had failed.
  for (const tolerate of [{ count: 1 }, {}]) {
    engine.calls.length = 0;
    refuse(3);
    const nodes = document.nodes.map((node) =>
      "id" in node && node.id === "inner" ? { ...node, config: { items: "{{ item }}", tolerate } } : node,
    );
    const ended = await engine.run(await engine.saveDocument({ ...document, nodes }), { list: [[1, 2], [3, 4], [5]] });
    expect(ended.status).toBe("succeeded");
    const before = engine.calls.length;
    refuse();
    await redrive(ended.runId, "1/0");
    await expect.poll(() => letterStatus(ended.runId, "1/0"), patient).toBe("resolved");
    expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
    expect(engine.calls.slice(before).map(bodyOf)).toEqual("count" in tolerate ? [3] : [3, 4]);
    const { results } = await loopOutput(engine, ended.runId);
    expect(results).toMatchObject([{ succeeded: 2 }, { results: [{ got: 3 }, { got: 4 }], failed: 0 }, { succeeded: 1 }]);
  }
});

test("a loop whose items wait is parked as a whole, and every claim goes on with what is under way", async () => {
  const document = loopDocument({
    loop: { concurrency: 3 },
    nodes: [{ id: "wait", type: "delay", name: "Wait", config: { forMs: 3_000 } }],
    edges: [
      ["loop:item", "wait"],
      ["wait", "call"],
    ],
  });
  document.edges = document.edges.filter(({ source, target }) => !(source === "loop" && target === "call"));
  const { runId } = await engine.accept(await engine.saveDocument(document), { list: numbers(7) });
  const state = async () => (await engine.db.pool.query("SELECT status, worker_id FROM run WHERE id = $1", [runId])).rows[0];
  await expect.poll(state, patient).toEqual({ status: "waiting", worker_id: null });
  expect(await loopOutput(engine, runId)).toMatchObject({ total: 7, next: 3, activeItems: ["0", "1", "2"] });
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect((await loopOutput(engine, runId)).results).toEqual(numbers(7).map((got) => ({ got })));
  expect(engine.calls).toHaveLength(7);
}, 60_000);

test("a cancel lets the items under way finish and starts no other", async () => {
  const hold = gate();
  engine.onCall(async (request) => {
    if (Number(bodyOf(request)) >= 2) await hold.opened;
    return answer(200, {});
  });
  const { runId } = await engine.accept(await engine.saveDocument(loopDocument({ loop: { concurrency: 2 } })), { list: numbers(10) });
  await expect.poll(() => engine.calls.length, patient).toBe(4);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  await expect
    .poll(
      async () => (await engine.db.pool.query("SELECT cancel_requested_at FROM run WHERE id = $1", [runId])).rows[0]?.cancel_requested_at,
      patient,
    )
    .not.toBeNull();
  hold.open();
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  expect(engine.calls.length).toBeLessThan(10);
  const calls = await stepsOf(engine, runId, "call");
  expect(calls.filter(({ status }) => status === "running")).toEqual([]);
});

test("a run that passes its deadline inside a loop ends, and names the step it waited for", async () => {
  const document = loopDocument({
    nodes: [{ id: "wait", type: "delay", name: "Wait", config: { forMs: 3_600_000 } }],
    edges: [["loop:item", "wait"]],
  });
  const { runId } = await engine.accept(await engine.saveDocument(document), { list: numbers(3) });
  const waits = async () => (await stepsOf(engine, runId, "wait")).map(({ status }) => status);
  await expect.poll(waits, patient).toEqual(["waiting"]);
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows[0]?.status, patient)
    .toBe("waiting");
  await engine.db.pool.query("UPDATE run SET deadline_at = now() WHERE id = $1", [runId]);
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "run_deadline", nodeId: "wait" } });
});

test("results too long to be kept together are left out, and the loop says so", async () => {
  const long = "x".repeat(2_000_000);
  engine.onCall(() => answer(200, { long }));
  const ended = await engine.run(await engine.saveDocument(loopDocument()), { list: numbers(9) });
  expect(ended.status).toBe("succeeded");
  const output = await loopOutput(engine, ended.runId);
  expect(output).toMatchObject({ results: null, succeeded: 9 });
  expect(output.omitted).toContain("too long");
}, 60_000);

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { Admission } from "./ledger/admission.ts";
import { cancelRun, discardDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

function callDocument(settings: object) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { url: "https://api.test/{{ trigger.body.id }}" } },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
    settings,
  };
}

/** A remote whose calls end when the test says so. */
function gatedRemote() {
  const open = new Map<string, () => void>();
  engine.onCall(
    (request) => new Promise((resolve) => open.set(new URL(request.url).pathname.slice(1), () => resolve(answer(200, { ok: true })))),
  );
  return {
    open,
    end: async (id: string) => {
      await vi.waitFor(() => expect([...open.keys()]).toContain(id), { timeout: 15_000 });
      open.get(id)?.();
      open.delete(id);
    },
  };
}

async function started(saved: SavedDocument): Promise<number> {
  const { rows } = await engine.db.pool.query("SELECT count(*)::int AS n FROM run WHERE workflow_id = $1 AND started_at IS NOT NULL", [
    saved.workflowId,
  ]);
  return rows[0]?.n;
}

async function gateRows(): Promise<number> {
  const { rows } = await engine.db.pool.query("SELECT count(*)::int AS n FROM run_gate");
  return rows[0]?.n;
}

async function letterOf(runId: string): Promise<string> {
  const { rows } = await engine.db.pool.query("SELECT id FROM dead_letter WHERE run_id = $1 AND status = 'open'", [runId]);
  return rows[0]?.id;
}

async function stateOf(runId: string): Promise<string | undefined> {
  const { rows } = await engine.db.pool.query("SELECT state FROM run_gate WHERE run_id = $1", [runId]);
  return rows[0]?.state;
}

const pathsCalled = () => engine.calls.map((call) => new URL(call.url).pathname.slice(1));

test("no more runs of a workflow are in progress than its settings allow, and all of them end", async () => {
  const saved = await engine.saveDocument(callDocument({ concurrency: 2 }));
  let now = 0;
  let most = 0;
  engine.onCall(async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    return answer(200, {});
  });
  await engine.startWorker();
  await engine.startWorker();
  const runs = await Promise.all(Array.from({ length: 30 }, (_, id) => engine.accept(saved, { id })));
  const ended = await Promise.all(runs.map(({ runId }) => untilEnd(engine, runId)));
  expect(ended.every(({ status }) => status === "succeeded")).toBe(true);
  expect(most).toBe(2);
  await vi.waitFor(async () => expect(await gateRows()).toBe(0), { timeout: 15_000 });
});

test("a run that waits for a time counts as in progress", async () => {
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "wait", type: "delay", name: "Wait", config: { forMs: 3_600_000 } },
    ],
    edges: [{ id: "e1", source: "start", target: "wait" }],
    settings: { concurrency: 1 },
  });
  await engine.startWorker();
  const first = await engine.accept(saved, {});
  await vi.waitFor(
    async () => expect(await engine.db.pool.query("SELECT FROM run WHERE status = 'waiting'")).toMatchObject({ rowCount: 1 }),
    {
      timeout: 15_000,
    },
  );
  const second = await engine.accept(saved, {});
  const other = await engine.saveDocument(callDocument({}));
  await engine.run(other, { id: 1 });
  expect(await stateOf(second.runId)).toBe("ready");
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: first.runId });
  await vi.waitFor(async () => expect(await started(saved)).toBe(2), { timeout: 15_000 });
});

test("runs of one order key go one after another in order of receipt, those of another beside them", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "{{ trigger.body.key }}" }));
  const remote = gatedRemote();
  await engine.startWorker();
  await engine.startWorker();
  const ids = ["a1", "a2", "a3", "b1", "b2"];
  const runs = await Promise.all(ids.map((id) => engine.accept(saved, { id, key: id[0] ?? "" })));
  await vi.waitFor(() => expect([...remote.open.keys()].sort()).toEqual(["a1", "b1"]), { timeout: 15_000 });
  await remote.end("b1");
  await remote.end("b2");
  await remote.end("a1");
  await remote.end("a2");
  await remote.end("a3");
  for (const { runId } of runs) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(pathsCalled().filter((path) => path.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
});

test("two workers and many keys: every key keeps its order", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "{{ trigger.body.key }}", concurrency: 7 }));
  await engine.startWorker();
  await engine.startWorker();
  const bodies = Array.from({ length: 120 }, (_, n) => ({ id: `${n % 8}-${n}`, key: n % 8 }));
  const runs = await Promise.all(bodies.map((body) => engine.accept(saved, body)));
  for (const { runId } of runs) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  for (let key = 0; key < 8; key++) {
    const order = pathsCalled()
      .filter((path) => path.startsWith(`${key}-`))
      .map((path) => Number(path.split("-")[1]));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

/** The head of its key fails; returns the runs of the key, and one of another key that has ended. */
async function headFails(onDeadLetter: "block" | "skip") {
  const saved = await engine.saveDocument(callDocument({ orderBy: "{{ trigger.body.key }}", onDeadLetter }));
  engine.onCall((request) => answer(request.url.endsWith("/bad") ? 400 : 200, {}));
  await engine.startWorker();
  const bad = await engine.accept(saved, { id: "bad", key: "k" });
  const next = await engine.accept(saved, { id: "next", key: "k" });
  const other = await engine.accept(saved, { id: "other", key: "o" });
  expect((await untilEnd(engine, bad.runId)).status).toBe("failed");
  expect((await untilEnd(engine, other.runId)).status).toBe("succeeded");
  return { bad, next };
}

test("scenario 92: a dead-lettered head of a key holds it with block, lets the next go with skip, and both can be seen", async () => {
  const { bad, next } = await headFails("block");
  await vi.waitFor(async () => expect(await stateOf(bad.runId)).toBe("blocked"), { timeout: 15_000 });
  expect(await stateOf(next.runId)).toBe("behind");
  const skipping = await headFails("skip");
  expect((await untilEnd(engine, skipping.next.runId)).status).toBe("succeeded");
  expect(pathsCalled().filter((path) => path === "next")).toHaveLength(1);
});

test("a redriven run of a blocked key goes on, and after it the next", async () => {
  const { bad, next } = await headFails("block");
  await vi.waitFor(async () => expect(await stateOf(bad.runId)).toBe("blocked"), { timeout: 15_000 });
  engine.onCall(() => answer(200, {}));
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: await letterOf(bad.runId), by: "test" });
  expect((await untilEnd(engine, next.runId)).status).toBe("succeeded");
  expect(pathsCalled().slice(-2)).toEqual(["bad", "next"]);
});

test("a redriven run that fails again goes on holding its key", async () => {
  const { bad, next } = await headFails("block");
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: await letterOf(bad.runId), by: "test" });
  await vi.waitFor(() => expect(pathsCalled().filter((path) => path === "bad")).toHaveLength(2), { timeout: 15_000 });
  await vi.waitFor(async () => expect(await stateOf(bad.runId)).toBe("blocked"), { timeout: 15_000 });
  expect(await stateOf(next.runId)).toBe("behind");
});

test("discarding the dead letter frees the key", async () => {
  const { bad, next } = await headFails("block");
  await discardDeadLetter(engine.db.pool, {
    workspaceId: engine.workspaceId,
    deadLetterId: await letterOf(bad.runId),
    by: "test",
    reason: "not wanted",
  });
  expect((await untilEnd(engine, next.runId)).status).toBe("succeeded");
});

test("a held run that is canceled ends at once, and the one behind it keeps its turn", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "k" }));
  const remote = gatedRemote();
  await engine.startWorker();
  const [first, second, third] = [
    await engine.accept(saved, { id: "1" }),
    await engine.accept(saved, { id: "2" }),
    await engine.accept(saved, { id: "3" }),
  ];
  await vi.waitFor(() => expect(remote.open.has("1")).toBe(true), { timeout: 15_000 });
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: second.runId });
  expect((await untilEnd(engine, second.runId)).status).toBe("canceled");
  expect(remote.open.has("3")).toBe(false);
  await remote.end("1");
  await remote.end("3");
  for (const { runId } of [first, third]) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
});

test("an event whose order key cannot be worked out is accepted, and its run fails where a person sees it", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "{{ trigger.body.key }}" }));
  await engine.startWorker();
  const { runId, ...ended } = await engine.run(saved, { id: "x" });
  expect(ended.status).toBe("failed");
  const { rows } = await engine.db.pool.query("SELECT class, error FROM dead_letter WHERE run_id = $1", [runId]);
  expect(rows).toMatchObject([{ class: "validation", error: expect.stringContaining("settings.orderBy") }]);
  expect(engine.calls).toHaveLength(0);
});

test("among held runs the more urgent goes first, but never past its own key", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "{{ trigger.body.key }}", concurrency: 1 }));
  await engine.accept(saved, { id: "a1", key: "a" }, { priority: 5 });
  await engine.accept(saved, { id: "a2", key: "a" }, { priority: -5 });
  const { runId } = await engine.accept(saved, { id: "b1", key: "b" });
  await engine.startWorker();
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  await vi.waitFor(() => expect(pathsCalled()).toHaveLength(3), { timeout: 15_000 });
  expect(pathsCalled()).toEqual(["b1", "a1", "a2"]);
});

test("a gate whose job was lost heals, and a held run past its deadline ends", async () => {
  const saved = await engine.saveDocument(callDocument({ concurrency: 1 }));
  const { runId } = await engine.accept(saved, { id: "1" });
  const late = await engine.accept(saved, { id: "2" });
  await engine.db.pool.query("DELETE FROM graphile_worker._private_jobs");
  await engine.db.pool.query("UPDATE run SET deadline_at = now() - interval '1 second' WHERE id = $1", [late.runId]);
  await engine.db.pool.query("UPDATE run_gate SET deadline_at = now() - interval '1 second' WHERE run_id = $1", [late.runId]);
  const remote = gatedRemote();
  await engine.startWorker();
  await new Admission({ pool: engine.db.pool }).heal();
  expect(await untilEnd(engine, late.runId)).toMatchObject({ status: "failed" });
  await remote.end("1");
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
});

test("a job that comes by mistake does not start a held run", async () => {
  const saved = await engine.saveDocument(callDocument({ orderBy: "k" }));
  const remote = gatedRemote();
  await engine.startWorker();
  await engine.accept(saved, { id: "1" });
  const second = await engine.accept(saved, { id: "2" });
  await vi.waitFor(() => expect(remote.open.has("1")).toBe(true), { timeout: 15_000 });
  await engine.db.pool.query("SELECT wake_runs(ARRAY[$1::uuid])", [second.runId]);
  await vi.waitFor(
    async () =>
      expect(
        (await engine.db.pool.query("SELECT FROM graphile_worker._private_jobs WHERE key = $1", [`run:${second.runId}`])).rowCount,
      ).toBe(0),
    { timeout: 15_000 },
  );
  expect(await started(saved)).toBe(1);
  await remote.end("1");
  await remote.end("2");
});

test("a test run passes no gate", async () => {
  const saved = await engine.saveDocument(callDocument({ concurrency: 1, orderBy: "k" }));
  await engine.accept(saved, { id: newId() }, { mode: "test" });
  expect(await gateRows()).toBe(0);
});

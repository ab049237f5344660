import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutboundResponse } from "#lib/nodes/runner.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { cancelRun, redriveDeadLetter } from "./ledger/commands.ts";
import { putSignal } from "./ledger/signals.ts";
import { answer, createTestEngine, type TestEngine, testLinks, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

/** The pattern of building-workflows.md: submit → 202 with a Location → poll it → collect the result. */
function jobDocument(config: object = {}, policy: object = {}) {
  const poll = {
    request: { url: "{{ steps.submit.output.headers.location }}" },
    done: 'response.body.?status == "done"',
    failed: 'response.body.?status == "failed"',
    everyMs: 60_000,
    timeoutMs: 86_400_000,
    ...config,
  };
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "submit",
        type: "http-request",
        name: "Submit",
        config: {
          method: "POST",
          url: "https://api.test/jobs",
          body: { callback: "callback" in config ? "{{ run.resumeUrls.poll }}" : null },
          output: "full",
        },
      },
      { id: "poll", type: "poll-until", name: "Poll", config: poll, policy },
      { id: "collect", type: "http-request", name: "Collect", config: { url: "{{ steps.poll.output.result }}" } },
      { id: "sorry", type: "set", name: "Sorry", config: { values: { sorry: true } } },
      { id: "late", type: "set", name: "Late", config: { values: { late: true } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "submit" },
      { id: "e2", source: "submit", target: "poll" },
      { id: "e3", source: "poll", target: "collect" },
      { id: "e4", source: "poll", sourcePort: "failed", target: "sorry" },
      { id: "e5", source: "poll", sourcePort: "timeout", target: "late" },
    ],
  };
}

type Poll = OutboundResponse | NodeError;
const pending = (headers: Record<string, string> = {}) => answer(200, { status: "running" }, headers);
const done = answer(200, { status: "done", result: "https://api.test/results/1" });

/** A remote whose job answers the polls in this order, the last for all that follow. */
function remote(polls: Poll[], cancels: (() => OutboundResponse) | null = null): void {
  let asked = 0;
  engine.onCall((request) => {
    if (request.method === "DELETE" && cancels) return cancels();
    if (request.method === "POST") return answer(202, {}, { location: "https://api.test/jobs/1" });
    if (request.url.includes("/results/")) return answer(200, { rows: 42 });
    const next = polls[Math.min(asked++, polls.length - 1)];
    if (next instanceof NodeError) throw next;
    return next ?? done;
  });
}

const polled = () => engine.calls.filter((call) => call.method === "GET" && call.url.endsWith("/jobs/1")).length;

interface StepRow {
  status: string;
  wait_reason: string | null;
  port: string | null;
  output: string | null;
  attempts: number;
  wake_in: number | null;
}

async function stepOf(runId: string, nodeId = "poll"): Promise<StepRow | undefined> {
  const { rows } = await engine.db.pool.query<StepRow>(
    "SELECT status, wait_reason, port, output, attempts, extract(epoch FROM wake_at - now())::float8 AS wake_in FROM step WHERE run_id = $1 AND node_id = $2",
    [runId, nodeId],
  );
  return rows[0];
}

/** Waits until so many polls have been made and the run is parked again. */
async function untilPolled(runId: string, times: number): Promise<void> {
  const parked = async () => {
    const step = await stepOf(runId);
    const { rows } = await engine.db.pool.query<{ status: string }>("SELECT status FROM run WHERE id = $1", [runId]);
    return { polls: step?.output ? JSON.parse(step.output).polls : 0, wait: step?.wait_reason, run: rows[0]?.status };
  };
  await expect.poll(parked, { timeout: 20_000 }).toEqual({ polls: times, wait: "poll", run: "waiting" });
}

/** As if the time between two polls had passed. */
async function nextPoll(runId: string): Promise<void> {
  await engine.db.pool.query("UPDATE step SET wake_at = now() - interval '1 second' WHERE run_id = $1 AND status = 'waiting'", [runId]);
  await wake(runId);
}

async function wake(runId: string): Promise<void> {
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
}

async function startRun(config: object = {}, policy: object = {}): Promise<string> {
  // As JSON, so that a setting of `undefined` is left out.
  const saved = await engine.saveDocument(JSON.parse(JSON.stringify(jobDocument(config, policy))));
  await engine.startWorker();
  return (await engine.accept(saved, null)).runId;
}

test("submit, 202 with a Location, poll, collect: between polls the run is parked, and nothing is held", async () => {
  remote([pending(), pending(), done]);
  const runId = await startRun();
  for (const times of [1, 2]) {
    await untilPolled(runId, times);
    const step = await stepOf(runId);
    expect(step?.wake_in).toBeGreaterThan(40);
    expect(step?.wake_in).toBeLessThan(67);
    await nextPoll(runId);
  }
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(JSON.parse((await stepOf(runId, "collect"))?.output ?? "")).toEqual({ rows: 42 });
  expect(polled()).toBe(3);
});

test("being woken for something else does not make it poll before its time", async () => {
  remote([pending(), done]);
  const runId = await startRun();
  await untilPolled(runId, 1);
  await wake(runId);
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT FROM graphile_worker.jobs WHERE run_at <= now()")).rowCount, { timeout: 20_000 })
    .toBe(0);
  await untilPolled(runId, 1);
  expect(polled()).toBe(1);
});

test("scenario 86: the call back never comes, polling completes the step, and failed polls do not fail it", async () => {
  const unwell: Poll[] = [
    answer(503, {}),
    new NodeError("timeout", "attempt_timeout", "no answer"),
    answer(500, {}),
    answer(429, {}, { "retry-after": "7" }),
    answer(404, {}), // not known yet
    answer(502, {}),
    new NodeError("transient", "socket", "the socket was cut"),
  ];
  remote([...unwell, pending(), done]);
  const runId = await startRun({ callback: true }, { retry: { maxAttempts: 1 }, breaker: { enabled: false } });
  for (let times = 1; times <= unwell.length + 1; times++) {
    await untilPolled(runId, times);
    await nextPoll(runId);
  }
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(await stepOf(runId)).toMatchObject({ status: "succeeded", port: "out" });
  const { rows } = await engine.db.pool.query("SELECT FROM dead_letter WHERE run_id = $1", [runId]);
  expect(rows).toEqual([]);
  // The first attempt, and one for each that failed after it; the quiet one's place was taken by the last.
  expect((await stepOf(runId))?.attempts).toBe(unwell.length + 1);
});

test("a step that polls for long leaves a page of attempts, and maxAttempts does not end it", async () => {
  remote([...Array.from({ length: 30 }, () => answer(503, {})), pending(), pending(), done]);
  const runId = await startRun({}, { retry: { maxAttempts: 2 }, breaker: { enabled: false } });
  for (let times = 1; times <= 32; times++) {
    await untilPolled(runId, times);
    await nextPoll(runId);
  }
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  const { rows } = await engine.db.pool.query<{ no: number; state: string }>(
    "SELECT no, state FROM attempt a JOIN step s ON s.run_id = a.run_id AND s.id = a.step_id WHERE s.run_id = $1 AND s.node_id = 'poll' ORDER BY no",
    [runId],
  );
  expect(rows).toHaveLength(20);
  expect(rows.at(-1)).toEqual({ no: 20, state: "succeeded" });
  expect(polled()).toBe(33);
}, 60_000);

test("what the server asks for wins over the interval", async () => {
  remote([pending({ "retry-after": "600" }), done]);
  const runId = await startRun();
  await untilPolled(runId, 1);
  expect((await stepOf(runId))?.wake_in).toBeGreaterThan(590);
});

test("without an interval of the author's, it asks after 5 s and then ever less often", async () => {
  remote([pending()]);
  const runId = await startRun({ everyMs: undefined, timeoutMs: 600_000 });
  const waits: number[] = [];
  for (let times = 1; times <= 4; times++) {
    await untilPolled(runId, times);
    waits.push((await stepOf(runId))?.wake_in ?? 0);
    await nextPoll(runId);
  }
  // 5, 7.5, 11.25 and 16.9 s, each ±10 %, seen a moment later.
  expect(waits[0]).toBeLessThan(5.6);
  expect(waits[3]).toBeGreaterThan(10);
  expect(waits[3]).toBeLessThan(18.7);
});

test("a call back ends it at once, and who polls no more is told by nobody to", async () => {
  remote([pending()]);
  const runId = await startRun({ callback: true });
  await untilPolled(runId, 1);
  const link = JSON.parse(engine.calls[0]?.body ?? "{}").callback;
  const step = testLinks.read(link.split("/").at(-1));
  const payload = JSON.stringify({ body: { status: "done", result: "https://api.test/results/1" }, headers: {} });
  if (!step) throw new Error("the link is none");
  expect(await putSignal(engine.db.pool, { ...step, kind: "callback", payload, sentBy: null })).toBe("first");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(JSON.parse((await stepOf(runId, "collect"))?.output ?? "")).toEqual({ rows: 42 });
  expect(polled()).toBe(1);
});

test("once polling has ended the step, a call back is taken note of and changes nothing", async () => {
  remote([done]);
  const runId = await startRun({ callback: true });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  const where = { workspaceId: engine.workspaceId, runId, nodeId: "poll", iteration: "" };
  expect(await putSignal(engine.db.pool, { ...where, kind: "callback", payload: "null", sentBy: null })).toBe("known");
});

test("a call back that comes while a poll says done counts, for its sender was told so", async () => {
  const runIds: string[] = [];
  engine.onCall(async (request) => {
    if (request.method === "POST") return answer(202, {}, { location: "https://api.test/jobs/1" });
    if (request.url.includes("/results/")) return answer(200, { from: request.url });
    const where = { workspaceId: engine.workspaceId, runId: runIds[0] ?? "", nodeId: "poll", iteration: "" };
    const payload = JSON.stringify({ body: { status: "done", result: "https://api.test/results/by-callback" }, headers: {} });
    await putSignal(engine.db.pool, { ...where, kind: "callback", payload, sentBy: null });
    return done;
  });
  const saved = await engine.saveDocument(jobDocument({ callback: true }));
  runIds.push((await engine.accept(saved, null)).runId);
  await engine.startWorker();
  await untilEnd(engine, runIds[0] ?? "");
  expect(JSON.parse((await stepOf(runIds[0] ?? "", "collect"))?.output ?? "")).toEqual({ from: "https://api.test/results/by-callback" });
});

test("a job that failed takes its port; without an edge there a person is asked", async () => {
  remote([answer(200, { status: "failed", why: "no paper" })]);
  const runId = await startRun();
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(await stepOf(runId)).toMatchObject({ port: "failed" });
  const document = jobDocument();
  const saved = await engine.saveDocument({ ...document, edges: document.edges.slice(0, 3) });
  expect(await engine.run(saved, null)).toMatchObject({ status: "failed", error: { code: "job_failed" } });
});

test("a definite refusal fails the step at once; a redrive begins anew, with all its time", async () => {
  remote([answer(403, {}), pending()]);
  const runId = await startRun();
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "http_403" } });
  const { rows } = await engine.db.pool.query<{ id: string; kind: string }>("SELECT id, kind FROM dead_letter WHERE run_id = $1", [runId]);
  expect(rows[0]?.kind).toBe("permanent");
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "test" });
  await untilPolled(runId, 1);
});

test("a job the remote has forgotten is an unknown outcome, not a failed one", async () => {
  remote([pending(), answer(404, {})]);
  const runId = await startRun();
  await untilPolled(runId, 1);
  await engine.db.pool.query("UPDATE step SET deadline_at = deadline_at - interval '2 minutes' WHERE run_id = $1 AND node_id = 'poll'", [
    runId,
  ]);
  await nextPoll(runId);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "remote_job_gone", class: "unknown_outcome" } });
  const { rows } = await engine.db.pool.query("SELECT kind FROM dead_letter WHERE run_id = $1", [runId]);
  expect(rows).toEqual([{ kind: "unknown_outcome" }]);
});

test("a condition that cannot be worked out says what is missing", async () => {
  remote([answer(200, {})]);
  const runId = await startRun({ done: 'response.body.status == "done"' });
  const ended = await untilEnd(engine, runId);
  expect(ended).toMatchObject({ status: "failed", error: { code: "poll_condition", message: expect.stringContaining("status") } });
});

test("when its time is over it takes the time-out port, also while the breaker keeps it from asking", async () => {
  remote([pending(), answer(503, {})]);
  const runId = await startRun({}, { breaker: { minCalls: 1, failureRatio: 0.1, openMs: 3_600_000 } });
  await untilPolled(runId, 1);
  // How many failed polls open it is the breaker's affair.
  const opened = async () => {
    const step = await stepOf(runId);
    if (step?.wait_reason === "poll") await nextPoll(runId);
    return step?.wait_reason;
  };
  await expect.poll(opened, { timeout: 30_000 }).toBe("breaker");
  await engine.db.pool.query("UPDATE step SET deadline_at = now() WHERE run_id = $1 AND node_id = 'poll'", [runId]);
  await nextPoll(runId);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(await stepOf(runId)).toMatchObject({ port: "timeout" });
  expect(await stepOf(runId, "late")).toMatchObject({ status: "succeeded" });
}, 60_000);

const cancel = { method: "DELETE", url: "{{ steps.submit.output.headers.location }}" };
const canceled = () => engine.calls.filter(({ method }) => method === "DELETE");

test.each([
  ["takes", answer(202, {})],
  ["refuses", answer(409, {})],
  ["drops", new NodeError("transient", "connection_lost", "the connection broke", { mayHaveApplied: true })],
])("the cancel of a run that waits for a job is passed on to a remote that %s it, once, and the run ends all the same", async (_, said) => {
  remote([pending()], () => {
    if (said instanceof NodeError) throw said;
    return said;
  });
  const runId = await startRun({ cancel });
  await untilPolled(runId, 1);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM step WHERE run_id = $1 AND node_id = 'poll'", [runId]);
  expect(canceled()).toMatchObject([{ url: "https://api.test/jobs/1", headers: { "idempotency-key": `cancel-${rows[0]?.id}` } }]);
  const attempts = await engine.db.pool.query("SELECT state FROM attempt WHERE run_id = $1 AND request LIKE '%DELETE%'", [runId]);
  expect(attempts.rows).toEqual([{ state: said instanceof NodeError || said.status === 409 ? "failed" : "succeeded" }]);
});

test("a job that is done, or that nobody can name, is not canceled", async () => {
  remote([done]);
  expect(await untilEnd(engine, await startRun({ cancel }))).toMatchObject({ status: "succeeded" });
  remote([pending()]);
  const runId = await startRun({ cancel: { ...cancel, url: "{{ steps.submit.output.headers.nowhere }}" } });
  await untilPolled(runId, 1);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
  expect(canceled()).toEqual([]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answer, createTestEngine, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import * as letters from "../dead-letters/index.ts";
import { createTestCapabilities, type TestContext } from "../testing.ts";
import * as workflows from "../workflows/index.ts";
import * as runs from "./index.ts";

let engine: TestEngine;
let ctx: TestContext;

beforeAll(async () => {
  engine = await createTestEngine();
  ctx = {
    actor: { type: "system", job: "test" },
    workspaceId: engine.workspaceId,
    db: engine.db,
    now: Date.now,
    requestId: "test",
    ...createTestCapabilities(engine.db),
  };
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { call: engine.calls.length }));
});

const call = (id: string, more: object = {}) => ({
  id,
  type: "http-request",
  name: `Call ${id}`,
  config: { method: "POST", url: `https://api.test/${id}`, body: { order: "{{ trigger.body.order }}" } },
  policy: {
    retry: { maxAttempts: 1 },
    breaker: { enabled: false },
    idempotency: { key: "{{ trigger.body.order }}", header: "Idempotency-Key" },
  },
  ...more,
});

/** begin → one → two → after, which takes what the calls gave. */
function chain(nodes: object[] = []) {
  const ids = ["begin", "one", "two", "after"];
  const usual = [
    { id: "begin", type: "manual", name: "Begin" },
    call("one"),
    call("two"),
    {
      id: "after",
      type: "set",
      name: "After",
      config: { values: { one: "{{ steps.one.output.call }}", two: "{{ steps.two.output.call }}" } },
    },
  ];
  const replaced = new Map(nodes.map((node) => [(node as { id: string }).id, node]));
  return {
    schemaVersion: 1,
    nodes: usual.map((node) => replaced.get(node.id) ?? node),
    edges: ids.slice(1).map((target, i) => ({ id: `e${i}`, source: ids[i], target })),
  };
}

async function publish(document: object): Promise<string> {
  const { id } = await workflows.createWorkflow({ ctx, input: workflows.createWorkflowSchema.parse({ name: "Orders", document }) });
  await workflows.publishWorkflow({ ctx, input: { id, note: "" } });
  return id;
}

async function publishNext(id: string, document: object): Promise<void> {
  const { draft } = await workflows.getWorkflow({ ctx, input: { id } });
  await workflows.saveDraft({ ctx, input: { id, ...workflows.saveDraftSchema.parse({ document, revision: draft.revision }) } });
  await workflows.publishWorkflow({ ctx, input: { id, note: "" } });
}

async function start(id: string, body: JsonValue) {
  const { runId } = await runs.startRun({ ctx, input: { ...runs.startRunSchema.parse({ input: body }), id } });
  return { runId, ...(await untilEnd(engine, runId)) };
}

async function replay(id: string, input: object) {
  const { runId } = await runs.replayRun({ ctx, input: { ...runs.replayRunSchema.parse(input), id } });
  return { runId, ...(await untilEnd(engine, runId)) };
}

const plan = (id: string, input: object) => runs.planReplay({ ctx, input: { ...runs.replayRunSchema.parse(input), id } });
const view = (id: string) => runs.getRun({ ctx, input: { id } });
const paths = () => engine.calls.map((request) => new URL(request.url).pathname);
const failAt = (path: string, status = 422) =>
  engine.onCall((request) => (request.url.endsWith(path) ? answer(status, {}) : answer(200, { call: engine.calls.length })));

async function outputOf(runId: string, nodeId: string): Promise<JsonValue> {
  const { rows } = await engine.db.pool.query<{ output: string }>("SELECT output FROM step WHERE run_id = $1 AND node_id = $2", [
    runId,
    nodeId,
  ]);
  return JSON.parse(rows[0]?.output ?? "null");
}

async function letterOf(runId: string) {
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [runId]);
  return rows[0]?.id ?? "";
}

const redrive = (id: string, input: object) => letters.redriveDeadLetter({ ctx, input: { ...letters.redriveSchema.parse(input), id } });
const letter = (id: string) => letters.getDeadLetter({ ctx, input: { id } });

describe("a replay", () => {
  test("from a step keeps the outputs before it and runs it and what lies behind it", async () => {
    const id = await publish(chain());
    const first = await start(id, { order: "r1" });
    expect(first.status).toBe("succeeded");
    const again = await replay(first.runId, { from: "two", keys: "new" });
    expect(again.status).toBe("succeeded");
    expect(paths()).toEqual(["/one", "/two", "/two"]);
    expect(await outputOf(again.runId, "after")).toEqual({ one: 1, two: 3 });
    expect((await view(again.runId)).replayOf).toBe(first.runId);
    // The original is as it was.
    expect(await outputOf(first.runId, "after")).toEqual({ one: 1, two: 2 });
  });

  test("says beforehand what it keeps, what runs again, and what the keys make of it; and that is what happens", async () => {
    const id = await publish(chain());
    const { runId } = await start(id, { order: "p1" });
    const same = await plan(runId, { from: "start" });
    expect(same).toMatchObject({ as: "replay", version: 1, from: [], keeps: [], problems: [] });
    expect(same.runs.map(({ nodeId, verdict }) => [nodeId, verdict])).toEqual([
      ["one", "skipped"],
      ["two", "skipped"],
      ["after", "harmless"],
    ]);
    expect(same.runs[0]?.resultOf).not.toBeNull();
    await replay(runId, { from: "start" });
    expect(paths()).toEqual(["/one", "/two"]);

    const anew = await plan(runId, { from: "two", keys: "new" });
    expect(anew).toMatchObject({ as: "rerun", from: [{ nodeId: "two", name: "Call two" }], keeps: [{ nodeId: "one", name: "Call one" }] });
    expect(anew.runs.map(({ nodeId, verdict }) => [nodeId, verdict])).toEqual([
      ["two", "acts_again"],
      ["after", "harmless"],
    ]);
    await replay(runId, { from: "two", keys: "new" });
    expect(paths()).toEqual(["/one", "/two", "/two"]);
  });

  test("of large outputs copies them, so that the old run may be forgotten", async () => {
    const id = await publish(chain());
    engine.onCall((request) => answer(200, { call: "x".repeat(request.url.endsWith("/one") ? 100_000 : 1) }));
    const { runId } = await start(id, { order: "big" });
    const again = await replay(runId, { from: "two", keys: "new" });
    expect(again.status).toBe("succeeded");
    const { rows } = await engine.db.pool.query<{ output_ref: string }>(
      "SELECT output_ref FROM step WHERE run_id = ANY ($1::uuid[]) AND node_id = 'one'",
      [[runId, again.runId]],
    );
    expect(new Set(rows.map((row) => row.output_ref)).size).toBe(2);
  });

  test("on another version runs that version from the step on, and refuses one that has no such step, saying so", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "v1" });
    await publishNext(id, chain([call("two", { config: { method: "POST", url: "https://api.test/mended" } })]));
    const again = await replay(runId, { from: "failed", version: "live" });
    expect(again.status).toBe("succeeded");
    expect((await view(again.runId)).version).toBe(2);
    expect(paths()).toEqual(["/one", "/two", "/mended"]);

    const document = chain();
    await publishNext(id, { ...document, nodes: document.nodes.slice(0, 2), edges: document.edges.slice(0, 1) });
    await expect(replay(runId, { from: "failed", version: 3 })).rejects.toMatchObject({
      code: "conflict",
      message: "there is no node two in that version",
    });
    expect((await plan(runId, { from: "failed", version: "live" })).problems).toEqual(["there is no node two in that version"]);
    await expect(replay(runId, { version: 9 })).rejects.toMatchObject({ code: "not_found" });
  });

  test("from a step may begin with an edited input, which is checked before anything is started", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "e1" });
    const input = { method: "POST", url: "https://api.test/edited", query: {}, headers: {}, body: { order: "right" }, bodyType: "json" };
    await expect(replay(runId, { from: "two", input: { ...input, url: "not an address" } })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "input.url" }],
    });
    await expect(replay(runId, { from: "two", input: { ...input, method: 7 } })).rejects.toMatchObject({
      problems: [{ path: "input.method" }],
    });
    const again = await replay(runId, { from: "two", input });
    expect(again.status).toBe("succeeded");
    expect(engine.calls.at(-1)).toMatchObject({ url: "https://api.test/edited", body: '{"order":"right"}' });
  });

  test("of a run in which nothing failed has no failed step to begin at", async () => {
    const id = await publish(chain());
    const { runId } = await start(id, { order: "n1" });
    await expect(replay(runId, { from: "failed" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a dead letter", () => {
  test("scenario 91: a redrive after a new version was published goes on with the old version and its frozen input", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "s91" });
    await publishNext(id, chain([call("two", { config: { method: "POST", url: "https://api.test/new-version", body: { other: true } } })]));
    engine.onCall(() => answer(200, { call: "mended" }));
    await redrive(await letterOf(runId), {});
    expect((await untilEnd(engine, runId)).status).toBe("succeeded");
    expect(paths()).toEqual(["/one", "/two", "/two"]);
    expect(engine.calls[2]?.body).toBe(engine.calls[1]?.body);
    expect((await view(runId)).version).toBe(1);
  });

  test("redriven on the live version leaves the inbox when that run has succeeded, and not before", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "l1" });
    const letterId = await letterOf(runId);
    await publishNext(id, chain([call("two", { config: { method: "POST", url: "https://api.test/mended" } })]));
    let free: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    engine.onCall(async () => {
      await held;
      return answer(200, { call: 0 });
    });
    const again = await redrive(letterId, { version: "live" });
    expect(again.runId).not.toBe(runId);
    await expect.poll(() => paths().at(-1), { timeout: 10_000 }).toBe("/mended");
    expect(await letter(letterId)).toMatchObject({ status: "redriving" });
    await expect(redrive(letterId, {})).rejects.toMatchObject({ code: "conflict" });
    free?.();
    await expect.poll(async () => (await letter(letterId)).status, { timeout: 20_000 }).toBe("resolved");
    expect(await letter(letterId)).toMatchObject({ closeReason: "replayed" });
  });

  test("whose replay fails too gives its place to the item of that run, so that the work waits once", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "f1" });
    const letterId = await letterOf(runId);
    const again = await redrive(letterId, { from: "one" });
    expect((await untilEnd(engine, again.runId)).status).toBe("failed");
    await expect.poll(async () => (await letter(letterId)).status, { timeout: 20_000 }).toBe("resolved");
    const open = await letters.listDeadLetters({ ctx, input: letters.listDeadLettersSchema.parse({ workflowId: id, status: "open" }) });
    expect(open.items.map((item) => item.runId)).toEqual([again.runId]);
    // The first call had been made under its key and was not made again.
    expect(paths()).toEqual(["/one", "/two", "/two"]);
  });

  test("whose replay is canceled is open again", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "c1" });
    const letterId = await letterOf(runId);
    await publishNext(id, chain([{ id: "two", type: "delay", name: "Two", config: { forMs: 3_600_000 } }]));
    const again = await redrive(letterId, { from: "one", version: "live" });
    await expect.poll(async () => (await view(again.runId)).status, { timeout: 10_000 }).toBe("waiting");
    await runs.cancelRun({ ctx, input: { id: again.runId } });
    await expect.poll(async () => (await letter(letterId)).status, { timeout: 30_000 }).toBe("open");
  }, 60_000);

  test("redriven with new keys is told to the remote under another key, with the same ones under the same", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "k1" });
    const letterId = await letterOf(runId);
    await redrive(letterId, {});
    await untilEnd(engine, runId);
    engine.onCall(() => answer(200, { call: 0 }));
    await redrive(letterId, { keys: "new" });
    expect((await untilEnd(engine, runId)).status).toBe("succeeded");
    const keys = engine.calls.filter((request) => request.url.endsWith("/two")).map((request) => request.headers["Idempotency-Key"]);
    expect(keys).toHaveLength(3);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  test("is tried against an echo without anything leaving or changing", async () => {
    const id = await publish(chain());
    failAt("/two");
    const { runId } = await start(id, { order: "d1" });
    const letterId = await letterOf(runId);
    const before = engine.calls.length;
    const tried = await letters.dryRunDeadLetter({ ctx, input: { id: letterId } });
    expect(tried).toMatchObject({
      port: "out",
      output: { method: "POST", url: "https://api.test/two", body: { order: "d1" } },
      error: null,
    });
    expect(tried.requests).toHaveLength(1);
    const bad = letters.dryRunDeadLetter({ ctx, input: { id: letterId, input: { method: "POST", url: "" } } });
    await expect(bad).rejects.toMatchObject({ problems: [{ path: "input.url" }] });
    expect(engine.calls).toHaveLength(before);
    expect(await letter(letterId)).toMatchObject({ status: "open", attemptList: [{ no: 1 }] });
  });

  test("of an unknown outcome is not redriven in any way, and its run not from that step under the same keys", async () => {
    const id = await publish(chain([call("two", { policy: { retry: { maxAttempts: 1 } } })]));
    failAt("/two", 502);
    const { runId } = await start(id, { order: "u1" });
    const letterId = await letterOf(runId);
    expect((await letter(letterId)).kind).toBe("unknown_outcome");
    for (const input of [{}, { keys: "new" }, { from: "one" }, { version: "live", from: "start" }]) {
      await expect(redrive(letterId, input)).rejects.toMatchObject({ code: "conflict" });
    }
    const redrivePlan = await letters.planRedrive({ ctx, input: { ...letters.redriveSchema.parse({}), id: letterId } });
    expect(redrivePlan.problems).toHaveLength(1);
    await expect(replay(runId, { from: "failed" })).rejects.toMatchObject({ code: "conflict" });
    engine.onCall(() => answer(200, { call: 0 }));
    expect((await replay(runId, { from: "failed", keys: "new" })).status).toBe("succeeded");
  });
});

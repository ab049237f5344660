import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bodyOf, itemStatuses, lettersOf, loopDocument, loopOutput, numbers, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type TestEngine } from "./testing.ts";

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

async function run(document: object, list: unknown[]) {
  return engine.run(await engine.saveDocument(document), { list: JSON.parse(JSON.stringify(list)) });
}

/** As JSON texts, for comparing what came in any order. */
function sorted(values: unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}

describe("items", () => {
  test("each item goes through the body once, in order, and done gets all results in order", async () => {
    const ended = await run(loopDocument(), ["a", "b", "c"]);
    expect(ended.status).toBe("succeeded");
    expect(engine.calls.map(bodyOf)).toEqual(["a", "b", "c"]);
    expect(await loopOutput(engine, ended.runId)).toEqual({
      results: [{ got: "a" }, { got: "b" }, { got: "c" }],
      items: numbers(3).map((index) => ({ index, status: "succeeded" })),
      succeeded: 3,
      failed: 0,
    });
    expect((await stepsOf(engine, ended.runId, "call")).map(({ iteration }) => iteration)).toEqual(["0", "1", "2"]);
    expect((await stepsOf(engine, ended.runId, "after"))[0]?.output).toMatchObject({ out: { succeeded: 3 } });
  });

  test("an empty list is done at once", async () => {
    const ended = await run(loopDocument(), []);
    expect(await loopOutput(engine, ended.runId)).toEqual({ results: [], items: [], succeeded: 0, failed: 0 });
    expect((await stepsOf(engine, ended.runId, "after"))[0]?.status).toBe("succeeded");
    expect(engine.calls).toEqual([]);
  });

  test("what is no list fails the loop, and so does a list that is too long: nothing is cut off", async () => {
    for (const [list, code] of [
      ["abc", "items_invalid"],
      [numbers(10_001), "too_many_items"],
    ] as const) {
      const ended = await engine.run(await engine.saveDocument(loopDocument()), { list: list as never });
      expect(ended.error).toMatchObject({ nodeId: "loop", class: "validation", code });
      expect(await lettersOf(engine, ended.runId)).toMatchObject([{ node_id: "loop", iteration: "", kind: "permanent" }]);
    }
    expect(engine.calls).toEqual([]);
  });

  test("steps of a body see their own item and place, the steps of their own iteration, and what came before the loop", async () => {
    const document = loopDocument({
      call: { body: "{{ {'item': item, 'index': index, 'doubled': steps.double.output.value, 'list': size(trigger.body.list)} }}" },
      nodes: [{ id: "double", type: "set", name: "Double", config: { values: { value: "{{ item * 2 }}" } } }],
      edges: [
        ["loop:item", "double"],
        ["double", "call"],
      ],
      loop: { concurrency: 5 },
    });
    document.edges = document.edges.filter(({ source, target }) => !(source === "loop" && target === "call"));
    await run(document, [10, 20, 30]);
    expect(sorted(engine.calls.map(bodyOf))).toEqual(
      sorted([10, 20, 30].map((item, index) => ({ item, index, doubled: item * 2, list: 3 }))),
    );
  });

  test("as many items as asked for are under way at the same time, never more", async () => {
    let now = 0;
    let most = 0;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.onCall(async () => {
      most = Math.max(most, ++now);
      if (now === 4) release();
      await gate;
      now--;
      return answer(200, {});
    });
    expect((await run(loopDocument({ loop: { concurrency: 4 } }), numbers(20))).status).toBe("succeeded");
    expect([most, engine.calls.length]).toEqual([4, 20]);
  });
});

describe("bodies", () => {
  test("branches, merges and delays work in each iteration by themselves, and the result is that of the last step that ran", async () => {
    const set = (id: string, value: string) => ({ id, type: "set", name: id, config: { values: { [id]: value } } });
    const document = {
      ...loopDocument({
        nodes: [
          { id: "even", type: "if", name: "Even", config: { condition: "item % 2 == 0" } },
          set("yes", "{{ item }}"),
          set("no", "{{ item }}"),
          { id: "wait", type: "delay", name: "Wait", config: { forMs: 20 } },
          { id: "join", type: "merge", name: "Join", config: { mode: "any" } },
        ],
        loop: { concurrency: 3 },
      }),
      edges: [
        ["start", "out", "loop"],
        ["loop", "item", "even"],
        ["even", "true", "yes"],
        ["even", "false", "no"],
        ["no", "out", "wait"],
        ["yes", "out", "join"],
        ["wait", "out", "join"],
        ["loop", "done", "after"],
      ].map(([source, sourcePort, target], index) => ({ id: `e${index}`, source, sourcePort, target })),
    };
    document.nodes = document.nodes.filter((node) => "id" in node && node.id !== "call");
    const ended = await run(document, numbers(6));
    expect(ended.status).toBe("succeeded");
    const { results } = await loopOutput(engine, ended.runId);
    expect(results).toMatchObject([
      { yes: { yes: 0 } },
      { wait: {} },
      { yes: { yes: 2 } },
      { wait: {} },
      { yes: { yes: 4 } },
      { wait: {} },
    ]);
    expect((await stepsOf(engine, ended.runId, "yes")).map(({ status }) => status).filter((status) => status === "skipped")).toHaveLength(
      3,
    );
  });

  test("an item whose body ends in several steps has an output of all of them; a body that is empty gives null", async () => {
    const two = loopDocument({
      nodes: [{ id: "other", type: "set", name: "Other", config: { values: { i: "{{ index }}" } } }],
      edges: [["loop:item", "other"]],
    });
    const ended = await run(two, ["a", "b"]);
    expect((await loopOutput(engine, ended.runId)).results).toEqual([
      { call: { got: "a" }, other: { i: 0 } },
      { call: { got: "b" }, other: { i: 1 } },
    ]);
    const empty = loopDocument();
    empty.edges = empty.edges.filter(({ sourcePort }) => sourcePort !== "item");
    empty.nodes = empty.nodes.filter((node) => "id" in node && node.id !== "call");
    expect((await loopOutput(engine, (await run(empty, [1, 2])).runId)).results).toEqual([null, null]);
  });

  test("loops in loops: the inner one sees its own item, and the outer one by its id", async () => {
    const document = {
      ...loopDocument({
        loop: { concurrency: 2 },
        nodes: [{ id: "inner", type: "for-each", name: "Inner", config: { items: "{{ item.lines }}", concurrency: 2 } }],
        call: { body: "{{ {'order': steps.loop.output.item.id, 'line': item, 'at': index, 'outer': steps.loop.output.index} }}" },
      }),
      edges: [
        ["start", "out", "loop"],
        ["loop", "item", "inner"],
        ["inner", "item", "call"],
        ["loop", "done", "after"],
      ].map(([source, sourcePort, target], index) => ({ id: `e${index}`, source, sourcePort, target })),
    };
    const ended = await run(document, [
      { id: "A", lines: ["a0", "a1"] },
      { id: "B", lines: [] },
      { id: "C", lines: ["c0"] },
    ]);
    expect(ended.status).toBe("succeeded");
    expect(sorted(engine.calls.map(bodyOf))).toEqual(
      sorted([
        { order: "A", line: "a0", at: 0, outer: 0 },
        { order: "A", line: "a1", at: 1, outer: 0 },
        { order: "C", line: "c0", at: 0, outer: 2 },
      ]),
    );
    expect((await stepsOf(engine, ended.runId, "call")).map(({ iteration }) => iteration).sort()).toEqual(["0/0", "0/1", "2/0"]);
    expect((await loopOutput(engine, ended.runId)).results).toMatchObject([
      { succeeded: 2 },
      { succeeded: 0, results: [] },
      { succeeded: 1 },
    ]);
  });

  test("a loop that is disabled is passed by: its body does not run", async () => {
    const document = loopDocument();
    document.nodes = document.nodes.map((node) => ("id" in node && node.id === "loop" ? { ...node, disabled: true } : node));
    const ended = await run(document, [1, 2]);
    expect([ended.status, engine.calls.length]).toEqual(["succeeded", 0]);
  });

  test("keys are those of the item: an item that comes twice is done once", async () => {
    const ended = await run(
      loopDocument({ policy: { idempotency: { key: "{{ 'dup-' + run.id + string(item) }}", header: "Idempotency-Key" } } }),
      [1, 2, 1],
    );
    expect(engine.calls).toHaveLength(2);
    expect(new Set(engine.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(2);
    expect((await loopOutput(engine, ended.runId)).results).toEqual([{ got: 1 }, { got: 2 }, { got: 1 }]);
    expect((await stepsOf(engine, ended.runId, "call")).map(({ status }) => status)).toContain("deduplicated");
  });

  test("without a key each item has its own header, for the path of the iteration is part of it", async () => {
    await run(loopDocument({ policy: { idempotency: { key: "{{ run.id + string(index) }}", header: "X-Key" } } }), [1, 1, 1]);
    expect(new Set(engine.calls.map((call) => call.headers["X-Key"])).size).toBe(3);
  });
});

describe("failures", () => {
  const refuse = (...bad: number[]) =>
    engine.onCall((request) =>
      bad.includes(Number(bodyOf(request))) ? answer(422, { error: "bad" }) : answer(200, { got: bodyOf(request) }),
    );

  test("without a tolerance the first item that fails ends the loop: the item has its dead letter, the loop has none", async () => {
    refuse(1);
    const ended = await run(loopDocument(), numbers(5));
    expect(ended.error).toMatchObject({ nodeId: "loop", code: "tolerance_exceeded", message: "1 of 5 items failed; none is tolerated" });
    expect(engine.calls.map(bodyOf)).toEqual([0, 1]);
    expect(await lettersOf(engine, ended.runId)).toMatchObject([{ node_id: "call", iteration: "1", kind: "permanent", status: "open" }]);
    expect(await stepsOf(engine, ended.runId, "after")).toEqual([]);
    expect(await loopOutput(engine, ended.runId)).toMatchObject({ total: 5, succeeded: 1, failed: 1, failedItems: ["1"] });
  });

  test("within the tolerance the run succeeds in part, and says which items failed and why", async () => {
    refuse(1, 3);
    const ended = await run(loopDocument({ loop: { tolerate: { count: 2 } } }), numbers(5));
    expect(ended.status).toBe("succeeded");
    const { rows } = await engine.db.pool.query("SELECT partial FROM run WHERE id = $1", [ended.runId]);
    expect(rows).toEqual([{ partial: true }]);
    const output = await loopOutput(engine, ended.runId);
    expect(output).toMatchObject({ results: [{ got: 0 }, null, { got: 2 }, null, { got: 4 }], succeeded: 3, failed: 2 });
    expect((output.items as object[])[1]).toMatchObject({ index: 1, status: "failed", error: { class: "permanent", code: "http_422" } });
  });

  test("items that fail for one cause form one issue", async () => {
    refuse(0, 1, 2, 3);
    const ended = await run(loopDocument({ loop: { tolerate: { percent: 100 } } }), numbers(4));
    const letters = await lettersOf(engine, ended.runId);
    expect(letters.map(({ iteration }) => iteration)).toEqual(["0", "1", "2", "3"]);
    expect(new Set(letters.map(({ issue_id }) => issue_id)).size).toBe(1);
  });

  test("scenario 89: beyond the tolerated share nothing new is started, what runs is let finish, and the error names the limit", async () => {
    const bad = new Set([2, 8, 15, 23, 31, 40]);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.onCall(async (request) => {
      const item = Number(bodyOf(request));
      if (item === 41) await gate; // under way when the sixth fails
      if (item === 40) setTimeout(release, 50);
      return bad.has(item) ? answer(422, {}) : answer(200, { got: item });
    });
    const ended = await run(loopDocument({ loop: { tolerate: { percent: 5 }, concurrency: 2 } }), numbers(100));
    expect(ended).toMatchObject({
      status: "failed",
      error: { nodeId: "loop", code: "tolerance_exceeded", message: "6 of 100 items failed; at most 5 % may fail" },
    });
    expect(engine.calls.map(bodyOf)).toEqual(numbers(42));
    const calls = await stepsOf(engine, ended.runId, "call");
    expect(calls.find(({ iteration }) => iteration === "41")?.status).toBe("succeeded");
    expect(calls).toHaveLength(42);
    expect(await lettersOf(engine, ended.runId)).toHaveLength(6);
  });

  test("an item that takes its error port, or goes on, has not failed", async () => {
    refuse(1);
    const document = loopDocument({
      policy: { onFailure: "fallback" },
      nodes: [{ id: "note", type: "set", name: "Note", config: { values: { failed: "{{ steps.call.output.error.code }}" } } }],
      edges: [["call:error", "note"]],
    });
    const ended = await run(document, numbers(3));
    expect(ended.status).toBe("succeeded");
    expect((await loopOutput(engine, ended.runId)).results).toEqual([{ got: 0 }, { failed: "http_422" }, { got: 2 }]);
  });

  test("a step that is to stop the run stops it, and the items behind it are not begun", async () => {
    refuse(1);
    const ended = await run(loopDocument({ policy: { onFailure: "stop" }, loop: { tolerate: { percent: 100 } } }), numbers(4));
    expect(ended).toMatchObject({ status: "failed", error: { nodeId: "call", code: "http_422" } });
    expect(engine.calls.map(bodyOf)).toEqual([0, 1]);
  });

  test("a failure in an inner loop fails the outer item, and the message of each says which limit was passed", async () => {
    refuse(3);
    const document = {
      ...loopDocument({
        loop: { tolerate: { count: 1 } },
        nodes: [{ id: "inner", type: "for-each", name: "Inner", config: { items: "{{ item }}" } }],
      }),
      edges: [
        ["start", "out", "loop"],
        ["loop", "item", "inner"],
        ["inner", "item", "call"],
        ["loop", "done", "after"],
      ].map(([source, sourcePort, target], index) => ({ id: `e${index}`, source, sourcePort, target })),
    };
    const ended = await run(document, [[1, 2], [3, 4], [5]]);
    expect(ended.status).toBe("succeeded");
    expect(engine.calls.map(bodyOf)).toEqual([1, 2, 3, 5]);
    const output = await loopOutput(engine, ended.runId);
    expect(itemStatuses(output)).toBe("sfs");
    expect((output.items as object[])[1]).toMatchObject({ error: { code: "tolerance_exceeded" } });
    expect(await lettersOf(engine, ended.runId)).toMatchObject([{ node_id: "call", iteration: "1/0" }]);
  });

  test("scenario 103: of a loop too, only the item whose throttle key yields nothing fails, and no other is limited by it", async () => {
    const policy = { throttle: { windows: [{ limit: 20, perMs: 60_000 }], key: "{{ item.channel }}" } };
    const document = loopDocument({ policy, call: { body: "{{ item.n }}" }, loop: { concurrency: 4, tolerate: { count: 2 } } });
    const ended = await run(document, [{ n: 0, channel: "a" }, { n: 1 }, { n: 2, channel: "" }, { n: 3, channel: "b" }]);
    expect(itemStatuses(await loopOutput(engine, ended.runId))).toBe("sffs");
    expect(engine.calls.map(bodyOf).sort()).toEqual([0, 3]);
    expect((await lettersOf(engine, ended.runId)).map(({ iteration }) => iteration)).toEqual(["1", "2"]);
  });
});

import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeRemote } from "./fake-remote.ts";
import {
  applyThenDrop,
  applyThenFail,
  done,
  dropBefore,
  lateExecution,
  partialBatch,
  poisonBatch,
  rateLimited,
  refuse,
  slow,
} from "./reactions.ts";

let remote: FakeRemote;

beforeEach(async () => {
  remote = await FakeRemote.start();
});
afterEach(() => remote.stop());

async function post(path: string, body: object, key?: string, signal?: AbortSignal) {
  const headers = { "content-type": "application/json", ...(key === undefined ? {} : { "idempotency-key": key }) };
  const answer = await fetch(`${remote.url}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

test("every call is received with its time and key, and makes an effect", async () => {
  const before = Date.now();
  expect(await post("/orders", { id: "a" }, "k1")).toMatchObject({ status: 200, body: { id: "made-1", marker: "a" } });
  expect(remote.receipts).toMatchObject([{ path: "/orders", nth: 1, key: "k1", text: '{"id":"a"}' }]);
  expect(remote.receipts[0]?.atMs).toBeGreaterThanOrEqual(before - 2);
  expect(remote.effects).toMatchObject([{ path: "/orders", identity: "a", key: "k1" }]);
});

test("a known key does nothing again and is given the stored answer; without keys a repeat is a doubled effect", async () => {
  await post("/orders", { id: "a" }, "k1");
  const again = await post("/orders", { id: "a" }, "k1");
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(remote.effects).toHaveLength(1);
  await post("/orders", { id: "b" });
  await post("/orders", { id: "b" });
  expect(remote.effects.filter((effect) => effect.identity === "b")).toHaveLength(2);
});

test("a stored error is replayed, and a call under a key that still runs is told so", async () => {
  remote.script("/charges", [applyThenFail(500), done()]);
  expect((await post("/charges", { id: "a" }, "k")).status).toBe(500);
  expect((await post("/charges", { id: "a" }, "k")).status).toBe(500);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  remote.script("/charges", async () => {
    await gate;
    return done();
  });
  const first = post("/charges", { id: "b" }, "k2");
  await expect.poll(() => remote.receiptsOf("/charges").length).toBe(3);
  expect((await post("/charges", { id: "b" }, "k2")).status).toBe(409);
  go();
  expect((await first).status).toBe(200);
});

test("done and the answer lost; dropped before; late", async () => {
  remote.script("/drop", [applyThenDrop, dropBefore, slow(30)]);
  await expect(post("/drop", { id: "a" })).rejects.toThrow("fetch failed");
  await expect(post("/drop", { id: "b" })).rejects.toThrow("fetch failed");
  const startedAt = performance.now();
  await post("/drop", { id: "c" });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28);
  expect(remote.effects.map((effect) => effect.identity)).toEqual(["a", "c"]);
});

test("what was aborted may still be executed a while later", async () => {
  remote.script("/late", lateExecution(50));
  const abort = new AbortController();
  const call = post("/late", { id: "a" }, undefined, abort.signal).catch(() => "aborted");
  await expect.poll(() => remote.receipts.length).toBe(1);
  abort.abort();
  expect(await call).toBe("aborted");
  const abortedAt = performance.timeOrigin + performance.now();
  expect(remote.effects).toHaveLength(0);
  await expect.poll(() => remote.effects.length).toBe(1);
  expect(remote.effects[0]?.atMs).toBeGreaterThanOrEqual(abortedAt + 40);
});

test("the ways to say too many do nothing and differ in what they tell", async () => {
  remote.script("/limited", [
    rateLimited.seconds(30),
    rateLimited.date(new Date(0)),
    rateLimited.bare,
    rateLimited.forbidden(3),
    rateLimited.ok,
  ]);
  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await post("/limited", { id: "a" }, "k"));
  expect(answers.map((answer) => [answer.status, answer.headers.get("retry-after")])).toEqual([
    [429, "30"],
    [429, "Thu, 01 Jan 1970 00:00:00 GMT"],
    [429, null],
    [403, "3"],
    [200, null],
  ]);
  expect(remote.effects).toHaveLength(0);
});

test("a batch may be done in part, or be refused for one item", async () => {
  const items = ["1", "2", "3"].map((id) => ({ id }));
  remote.script(
    "/batch",
    partialBatch((id) => id === "2"),
  );
  expect((await post("/batch", { items })).body.results).toEqual([
    { id: "1", ok: true },
    { id: "2", error: "refused" },
    { id: "3", ok: true },
  ]);
  expect(remote.effects.map((effect) => effect.identity)).toEqual(["1", "3"]);
  remote.script("/poison", poisonBatch("2"));
  expect((await post("/poison", { items })).status).toBe(400);
  expect((await post("/poison", { items: items.slice(0, 1) })).status).toBe(200);
});

test("setting a state twice is one effect, and the search finds what was made after its lag", async () => {
  for (let n = 0; n < 2; n++) await fetch(`${remote.url}/state/1`, { method: "PUT", body: "on" });
  expect(remote.effects).toHaveLength(1);
  remote.indexLagMs = 60_000;
  await post("/orders", { marker: "m-1" });
  const search = async () => (await (await fetch(`${remote.url}/orders/search?marker=m-1`)).json()) as { items: object[] };
  expect((await search()).items).toEqual([]);
  remote.indexLagMs = 0;
  expect((await search()).items).toEqual([{ id: "made-2", marker: "m-1" }]);
});

test("a job is told of when it is asked for, and calls back", async () => {
  const job = await post("/jobs", { id: "a", callbackUrl: `${remote.url}/called` });
  expect(job).toMatchObject({ status: 202, body: { id: "job-1", status: "running" } });
  expect(await (await fetch(`${remote.url}/jobs/job-1`)).json()).toEqual({ id: "job-1", status: "done" });
  await expect.poll(() => remote.receiptsOf("/called").length).toBe(1);
  remote.script("/no", refuse(404));
  expect((await post("/no", {})).status).toBe(404);
});

import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestEngine, type TestEngine } from "#lib/engine/testing.ts";
import { poll } from "#lib/nodes/poll/definition.ts";
import type { OutboundRequest, OutboundResponse } from "#lib/nodes/runner.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { Polls } from "./polls.ts";

let engine: TestEngine;
/** What the remote has, oldest first. */
let list: { id: string; at: string }[];

beforeAll(async () => {
  engine = await createTestEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  list = [];
  engine.calls.length = 0;
  engine.onCall(pages(2));
});

const url = "https://api.test/items";
const at = (second: number) => new Date(Date.parse("2026-01-31T09:00:00Z") + second * 1_000).toISOString();
const add = (id: string, second: number) => list.push({ id, at: at(second) });

/** A remote that lists what is not older than `since`, so many a page, and names the next page by its number. */
function pages(size: number, change: (query: URLSearchParams) => OutboundResponse | null | Promise<null> = () => null) {
  return async (request: OutboundRequest): Promise<OutboundResponse> => {
    const query = new URL(request.url).searchParams;
    const changed = await change(query);
    if (changed) return changed;
    const since = query.get("since") ?? "";
    const from = Number(query.get("page") ?? 0) * size;
    const all = list.filter((item) => item.at >= since);
    const next = from + size < all.length ? from / size + 1 : null;
    return answer(200, { items: all.slice(from, from + size), next });
  };
}

function answer(status: number, body: JsonValue, headers: Record<string, string> = {}): OutboundResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body), durationMs: 1 };
}

const sinceCursor = {
  request: { url, query: { since: "{{ cursor }}" } },
  items: "response.body.items",
  itemKey: "{{ item.id }}",
  cursor: { from: "item", value: "item.at" },
  pagination: { mode: "cursor", cursor: "response.body.next", parameter: "page" },
};

interface Trigger {
  id: string;
  workflowId: string;
}

async function trigger(config: JsonObject = sinceCursor, { seeded = false, settings = {} } = {}): Promise<Trigger> {
  const node = { id: "poll", type: "poll", name: "Poll", config };
  const saved = await engine.saveDocument({ schemaVersion: 1, nodes: [node], edges: [], settings });
  const id = newId();
  await engine.db.pool.query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id)
     VALUES ($1, $2, $3, 'poll', 'poll', $4, 1, $5)`,
    [id, engine.workspaceId, saved.workflowId, JSON.stringify(poll.config.parse(config)), saved.documentId],
  );
  await engine.db.pool.query("INSERT INTO poll_state (trigger_id, workspace_id, seeded) VALUES ($1, $2, $3)", [
    id,
    engine.workspaceId,
    seeded,
  ]);
  return { id, workflowId: saved.workflowId };
}

const poller = () =>
  new Polls({ pool: engine.db.pool, intake: engine.intake, world: engine.world, now: Date.now, logger: pino({ level: "silent" }) });

/** A turn at once, whenever the next one would be. */
async function turn({ id }: Trigger, polls = poller()): Promise<void> {
  await due(id);
  await polls.tick();
}

/** Only this trigger, and as if a lease that was left behind had lapsed. */
async function due(id: string): Promise<void> {
  await engine.db.pool.query("UPDATE poll_state SET next_poll_at = 'infinity' WHERE trigger_id <> $1", [id]);
  await engine.db.pool.query("UPDATE poll_state SET next_poll_at = clock_timestamp(), leased_until = NULL WHERE trigger_id = $1", [id]);
}

async function started({ workflowId }: Trigger): Promise<string[]> {
  const { rows } = await engine.db.pool.query<{ id: string }>(
    "SELECT e.data::json -> 'item' ->> 'id' AS id FROM run r JOIN event e ON e.id = r.event_id WHERE r.workflow_id = $1 ORDER BY 1",
    [workflowId],
  );
  return rows.map((row) => row.id);
}

async function stateOf({ id }: Trigger) {
  const { rows } = await engine.db.pool.query(
    `SELECT cursor::json AS cursor, sweep::json AS sweep, seeded, failures, last_error::json AS error,
       (extract(epoch FROM next_poll_at - clock_timestamp()))::float8 AS in_s FROM poll_state WHERE trigger_id = $1`,
    [id],
  );
  return rows[0];
}

test("the first poll sets the cursor and starts nothing; what is new after it starts a run each", async () => {
  add("a", 1);
  add("b", 2);
  add("c", 3);
  const one = await trigger();
  await turn(one);
  expect(await started(one)).toEqual([]);
  expect(await stateOf(one)).toMatchObject({ cursor: at(3), seeded: true, failures: 0, error: null });
  add("d", 4);
  await turn(one);
  await turn(one);
  expect(await started(one)).toEqual(["d"]);
  expect(new URL(engine.calls.at(-1)?.url ?? "").searchParams.get("since")).toBe(at(4));
  expect((await stateOf(one)).in_s).toBeGreaterThan(50);
});

test("with back-fill, what is there already starts a run each", async () => {
  add("a", 1);
  add("b", 2);
  add("c", 3);
  const one = await trigger(sinceCursor, { seeded: true });
  await turn(one);
  expect(await started(one)).toEqual(["a", "b", "c"]);
});

test("scenario 10: a poll that dies between reading page 2 and committing yields every item exactly once at the next", async () => {
  const one = await trigger(sinceCursor, { seeded: true });
  for (let n = 1; n <= 6; n++) add(`i${n}`, n);
  let letGo = () => {};
  const stuck = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let read = 0;
  engine.onCall(
    pages(2, async (query) => {
      if (query.get("page") === "2" && ++read === 1) await stuck;
      return null;
    }),
  );
  const dying = turn(one);
  await expect.poll(() => read).toBe(1);
  await turn(one);
  expect(await started(one)).toEqual(["i1", "i2", "i3", "i4", "i5", "i6"]);
  // The one that was held to be dead comes back, and has nothing to say any more.
  letGo();
  await dying;
  await turn(one);
  expect(await started(one)).toEqual(["i1", "i2", "i3", "i4", "i5", "i6"]);
});

test("scenario 11: of items with one timestamp at a page boundary none is lost and none is doubled", async () => {
  const one = await trigger(sinceCursor, { seeded: true });
  add("a", 1);
  add("b", 2);
  add("c", 2);
  await turn(one);
  // As late as the others, and listed after the cursor had come to their time.
  add("d", 2);
  await turn(one);
  expect(await started(one)).toEqual(["a", "b", "c", "d"]);
});

test("an item that shows up late, before the cursor, is read by the overlap", async () => {
  const one = await trigger({ ...sinceCursor, overlapMs: 60_000 }, { seeded: true });
  add("a", 100);
  await turn(one);
  list.unshift({ id: "late", at: at(70) });
  await turn(one);
  expect(await started(one)).toEqual(["a", "late"]);
  expect(new URL(engine.calls.at(-1)?.url ?? "").searchParams.get("since")).toBe(at(40));
});

test("pollers awake at once start one run for an item", async () => {
  const one = await trigger(sinceCursor, { seeded: true });
  add("a", 1);
  await due(one.id);
  await Promise.all([poller().tick(), poller().tick(), poller().tick()]);
  await turn(one);
  expect(await started(one)).toEqual(["a"]);
});

test("a list longer than one turn goes on where it was, at once, and moves the cursor at its end", async () => {
  const one = await trigger({ ...sinceCursor, pagination: { ...sinceCursor.pagination, maxPages: 2 } }, { seeded: true });
  for (let n = 1; n <= 5; n++) add(`i${n}`, n);
  await turn(one);
  expect(await started(one)).toHaveLength(4);
  expect(await stateOf(one)).toMatchObject({ cursor: null, sweep: { next: 2, pages: 2 } });
  expect((await stateOf(one)).in_s).toBeLessThanOrEqual(0);
  await turn(one);
  expect(await started(one)).toHaveLength(5);
  expect(await stateOf(one)).toMatchObject({ cursor: at(5), sweep: null });
});

test("without a cursor the keys alone tell what is new", async () => {
  engine.onCall(() => answer(200, list));
  const one = await trigger({ request: { url }, itemKey: "{{ item.id }}" });
  add("a", 1);
  await turn(one);
  add("b", 2);
  await turn(one);
  await turn(one);
  expect(await started(one)).toEqual(["b"]);
});

test("a cursor of the answer is handed back in the next request, and kept where none is named", async () => {
  let token: string | null = "t1";
  engine.onCall(() => answer(200, { items: [], token }));
  const cursor = { from: "response", value: "response.body.token" };
  const one = await trigger({ ...sinceCursor, pagination: { mode: "none" }, cursor }, { seeded: true });
  await turn(one);
  token = null;
  await turn(one);
  await turn(one);
  expect(engine.calls.map((call) => new URL(call.url).searchParams.get("since"))).toEqual([null, "t1", "t1"]);
});

test("a remote that says too many calls is left alone for as long as it says, and has not failed", async () => {
  engine.onCall(() => answer(429, {}, { "retry-after": "300" }));
  const one = await trigger();
  await turn(one);
  expect(await stateOf(one)).toMatchObject({ failures: 0, error: { code: "http_429" } });
  expect((await stateOf(one)).in_s).toBeGreaterThan(295);
});

test("failures put the poll off, keep what was read before them, and become one issue after five in a row", async () => {
  const one = await trigger(sinceCursor, { seeded: true });
  for (let n = 1; n <= 3; n++) add(`i${n}`, n);
  engine.onCall(pages(2, (query) => (query.get("page") === "1" ? answer(404, {}) : null)));
  await turn(one);
  expect(await started(one)).toEqual(["i1", "i2"]);
  expect(await stateOf(one)).toMatchObject({ cursor: null, failures: 1, error: { class: "permanent", code: "http_404" } });
  for (let n = 0; n < 5; n++) await turn(one);
  expect((await stateOf(one)).failures).toBe(6);
  expect((await stateOf(one)).in_s).toBeGreaterThan(32 * 50);
  const { rows } = await engine.db.pool.query("SELECT type, title, count::int AS count, status FROM issue WHERE workflow_id = $1", [
    one.workflowId,
  ]);
  expect(rows).toEqual([
    { type: "trigger_rejected", title: "Polling has failed 5 times in a row: GET api.test answered 404", count: 1, status: "open" },
  ]);
  engine.onCall(pages(2));
  await turn(one);
  expect(await started(one)).toEqual(["i1", "i2", "i3"]);
  expect(await stateOf(one)).toMatchObject({ cursor: at(3), failures: 0, error: null });
});

test("an item that no key can tell from others fails the poll: none of its page starts a run", async () => {
  engine.onCall(() => answer(200, { items: [{ id: "a" }, { id: null }], next: null }));
  const one = await trigger({ ...sinceCursor, cursor: { from: "none" } }, { seeded: true });
  await turn(one);
  expect(await started(one)).toEqual([]);
  expect((await stateOf(one)).error).toMatchObject({ code: "item_key", message: expect.stringContaining("item 2") });
});

test("a trigger that is switched off in mid-poll starts nothing", async () => {
  const one = await trigger(sinceCursor, { seeded: true });
  add("a", 1);
  engine.onCall(
    pages(2, async () => {
      await engine.db.pool.query("UPDATE workflow_trigger SET enabled = false WHERE id = $1", [one.id]);
      return null;
    }),
  );
  await turn(one);
  expect(await started(one)).toEqual([]);
  const calls = engine.calls.length;
  await turn(one);
  expect(engine.calls).toHaveLength(calls);
});

test("what is still listed is remembered on", async () => {
  engine.onCall(() => answer(200, list));
  const one = await trigger({ request: { url }, itemKey: "{{ item.id }}" }, { seeded: true });
  add("a", 1);
  await turn(one);
  await engine.db.pool.query("UPDATE event_dedup SET expires_at = clock_timestamp() + interval '1 minute' WHERE trigger_id = $1", [one.id]);
  await turn(one);
  const { rows } = await engine.db.pool.query(
    "SELECT expires_at > clock_timestamp() + interval '30 days' AS kept FROM event_dedup WHERE trigger_id = $1",
    [one.id],
  );
  expect(rows).toEqual([{ kept: true }]);
});

test("the workflow's control of arrivals holds for polled items, each of which comes but once", async () => {
  const settings = { arrivals: { limit: { limit: 1, perMs: 3_600_000 } } };
  const one = await trigger(sinceCursor, { seeded: true, settings });
  add("a", 1);
  add("b", 2);
  add("c", 3);
  await turn(one);
  await turn(one);
  expect(await started(one)).toHaveLength(1);
  const { rows } = await engine.db.pool.query("SELECT outcome, count(*)::int AS n FROM event WHERE trigger_id = $1 GROUP BY 1 ORDER BY 1", [
    one.id,
  ]);
  expect(rows).toEqual([
    { outcome: "accepted", n: 1 },
    { outcome: expect.any(String), n: 2 },
  ]);
});

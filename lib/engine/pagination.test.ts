import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OutboundResponse } from "#lib/nodes/runner.ts";
import { redriveDeadLetter } from "./ledger/commands.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterEach(() => engine.stop());

const pages = 9;
const perPage = 3;

const calling = (policy: object = {}) => ({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "read",
      type: "http-request",
      name: "Read",
      config: { url: "https://api.test/items", pagination: { mode: "page", items: "response.body.items" } },
      policy,
    },
  ],
  edges: [{ id: "e1", source: "start", target: "read" }],
});

const asked = () => engine.calls.map((call) => Number(new URL(call.url).searchParams.get("page")));

function pageOf(url: string, size = 1): OutboundResponse {
  const page = Number(new URL(url).searchParams.get("page"));
  const items = page > pages ? [] : Array.from({ length: perPage }, (_, n) => ({ n: (page - 1) * perPage + n, text: "x".repeat(size) }));
  return answer(200, { items });
}

async function itemsOf(runId: string): Promise<number[]> {
  const { rows } = await engine.db.pool.query(
    "SELECT coalesce(s.output, p.body) AS output FROM step s LEFT JOIN payload p ON p.id = s.output_ref WHERE s.run_id = $1 AND s.node_id = 'read'",
    [runId],
  );
  const items: { n: number }[] = JSON.parse(rows[0]?.output);
  return items.map((item) => item.n);
}

const all = Array.from({ length: pages * perPage }, (_, n) => n);

test("all pages come together as one list, each a call of its own", async () => {
  engine.onCall((request) => pageOf(request.url));
  const { runId, status } = await engine.run(await engine.saveDocument(calling()), {});
  expect(status).toBe("succeeded");
  expect(await itemsOf(runId)).toEqual(all);
  const { rows } = await engine.db.pool.query("SELECT state FROM attempt WHERE run_id = $1", [runId]);
  expect(rows).toHaveLength(pages + 1);
});

test("a page that fails is tried again, and no other, also when the run was parked in between and the pages are large", async () => {
  let failures = 2;
  engine.onCall((request) => {
    if (request.url.endsWith("page=7") && failures-- > 0) return answer(503, {});
    return pageOf(request.url, 10_000);
  });
  const policy = { retry: { initialMs: 2_000, maxMs: 2_000, jitter: "none" } };
  const { runId, status } = await engine.run(await engine.saveDocument(calling(policy)), {});
  expect(status).toBe("succeeded");
  expect(await itemsOf(runId)).toEqual(all);
  expect(asked()).toEqual([1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 9, 10]);
});

test("a redrive goes on at the page that failed for good", async () => {
  engine.onCall((request) => (request.url.endsWith("page=4") ? answer(404, {}) : pageOf(request.url)));
  const { runId, status } = await engine.run(await engine.saveDocument(calling()), {});
  expect(status).toBe("failed");
  engine.onCall((request) => pageOf(request.url));
  const { rows } = await engine.db.pool.query("SELECT id FROM dead_letter WHERE run_id = $1", [runId]);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id, by: "test" });
  await vi.waitFor(async () => expect((await untilEnd(engine, runId)).status).toBe("succeeded"), { timeout: 15_000 });
  expect(await itemsOf(runId)).toEqual(all);
  expect(asked()).toEqual([1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10]);
});

test("each page takes its own turn under the limit of the node", async () => {
  engine.onCall((request) => pageOf(request.url));
  const started = performance.now();
  const policy = { throttle: { windows: [{ limit: 4, perMs: 1_000 }] } };
  const { status } = await engine.run(await engine.saveDocument(calling(policy)), {});
  expect(status).toBe("succeeded");
  expect(performance.now() - started).toBeGreaterThan(1_900); // ten calls, four in any second
});

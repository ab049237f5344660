import { afterEach, expect, test } from "vitest";
import { type BudgetSettings, budgetDefaults } from "#lib/policies/retry-budget.ts";
import { newId } from "#lib/shared/ids.ts";
import { RetryBudgets } from "./systems/retry-budget.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

afterEach(() => engine.stop());

/** As many workers, each with its own counts, that share the budgets in the database. */
async function startEngine(settings: Partial<BudgetSettings>, workers = 1) {
  engine = await createTestEngine();
  const budgets = () => new RetryBudgets({ pool: engine.db.pool, settings: { ...budgetDefaults, ...settings } });
  for (let worker = 0; worker < workers; worker++) await engine.startWorker({ retries: budgets() });
  return budgets();
}

function callDocument(policy: object) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "call",
        type: "http-request",
        name: "Call",
        config: { method: "GET", url: "https://api.test/{{ trigger.body.index }}" },
        policy: { breaker: { enabled: false }, ...policy },
      },
    ],
    edges: [{ id: "e0", source: "start", target: "call" }],
  };
}

test("scenario 72: of a thousand steps that fail at once, over two workers, no more come back at any time than the budget has room for", async () => {
  const perSecond = 100;
  await startEngine({ perSecond }, 2);
  const saved = await engine.saveDocument(callDocument({ retry: { initialMs: 2_000, maxMs: 2_000 } }));
  const seen = new Set<string>();
  const retriedAt: number[] = [];
  engine.onCall(({ url }) => {
    const first = !seen.has(url);
    seen.add(url);
    if (!first) retriedAt.push(performance.now());
    return first ? answer(503, {}) : answer(200, {});
  });
  const runs = await Promise.all(Array.from({ length: 1_000 }, (_, index) => engine.accept(saved, { index })));
  for (const { runId } of runs) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(retriedAt).toHaveLength(1_000);
  const begun = retriedAt[0] ?? 0;
  const { burst, ratio } = budgetDefaults;
  retriedAt.forEach((atMs, index) => {
    // Calls are answered a little later than their turn was given out; so much for two busy workers.
    expect(index + 1).toBeLessThanOrEqual(burst + ratio * 1_000 + (perSecond * (atMs - begun + 2_000)) / 1_000);
  });
}, 120_000);

test("an empty budget postpones a retry and loses none; each keeps its turn, and first attempts go as ever", async () => {
  const budgets = await startEngine({ burst: 1, perSecond: 0.5 });
  const owner = { workspaceId: engine.workspaceId, id: newId() };
  const take = (holder: string) => budgets.take({ ...owner, holder });
  expect(await take("a")).toEqual({ next: "go" });
  const b = await take("b");
  const c = await take("c");
  if (b.next !== "wait" || c.next !== "wait") throw new Error("they wait");
  expect(c.untilMs - b.untilMs).toBeCloseTo(2_000, -3);
  expect(await take("b")).toEqual(b);
  for (let call = 0; call < 100; call++) budgets.called(owner);
  // Twenty more for a hundred calls, less the two that are waited for; and they change nothing for who has a turn.
  expect(await take("d")).toEqual({ next: "go" });
  expect(await take("b")).toEqual(b);
  await engine.db.pool.query("UPDATE retry_turn SET due_at = now() WHERE holder = 'b'");
  expect(await take("b")).toEqual({ next: "go" });
  // A turn that nobody came for in time is over.
  await engine.db.pool.query("UPDATE retry_turn SET due_at = now() - interval '1 hour' WHERE holder = 'c'");
  await engine.db.pool.query("UPDATE retry_budget SET tokens = -5 WHERE id = $1", [owner.id]);
  expect((await take("c")).next).toBe("wait");
  budgets.handBack(owner);
  await budgets.flush();
  await budgets.prune();
});

test("a retry whose turn would come after the step's deadline is not waited for", async () => {
  await startEngine({ burst: 0, ratio: 0, perSecond: 0.001 });
  const saved = await engine.saveDocument(callDocument({ deadlineMs: 20_000, retry: { initialMs: 10, maxMs: 10 } }));
  engine.onCall(() => answer(503, {}));
  expect(await engine.run(saved, { index: 0 })).toMatchObject({ status: "failed", error: { code: "retry_budget_timeout" } });
  expect(engine.calls).toHaveLength(1);
});

test("a remote that says it is too busy gets its calls again by its own limits, not by the budget", async () => {
  await startEngine({ burst: 0, ratio: 0, perSecond: 0.001 });
  const saved = await engine.saveDocument(callDocument({}));
  engine.onCall(() => (engine.calls.length < 3 ? answer(429, {}) : answer(200, {})));
  expect((await engine.run(saved, { index: 0 })).status).toBe("succeeded");
});

test("without a database no retry goes, and counts are lost quietly", async () => {
  const budgets = await startEngine({});
  const gone = await createTestEngine();
  const lost = new RetryBudgets({ pool: gone.db.pool });
  await gone.stop();
  const owner = { workspaceId: engine.workspaceId, id: newId() };
  lost.called(owner);
  await expect(lost.flush()).resolves.toBeUndefined();
  await expect(lost.take({ ...owner, holder: "a" })).rejects.toThrow();
  await budgets.flush();
});

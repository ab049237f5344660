import { afterAll, beforeAll, expect, test } from "vitest";
import { loopDocument, loopOutput, numbers, stepsOf } from "#lib/engine/loop-testing.ts";
import { untilEnd } from "#lib/engine/testing.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, orderOf, type Site } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await createSite();
});
afterAll(() => site.stop());

const count = 1_000;
const concurrency = 5;

test("scenario 39: a loop of 1,000 items whose worker is killed with kill -9 at item 500 repeats none that had finished, and its results are in order", async () => {
  const { engine, remote } = site;
  const call = { method: "PUT", url: `${remote.url}/items?id={{ item }}`, body: { id: "{{ item }}" } };
  const saved = await engine.saveDocument(loopDocument({ call, loop: { concurrency } }));
  const first = site.startWorker({ failpoints: true });
  // With the answers of all that is under way in memory: the worst moment.
  first.hold((point) => point === "answered" && remote.receiptsOf("/items").length >= count / 2);
  const { runId } = await engine.accept(saved, { list: numbers(count) });
  const under = async () => (await stepsOf(engine, runId, "call")).filter((step) => step.status !== "succeeded").length;
  await expect.poll(() => remote.receiptsOf("/items").length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count / 2);
  await expect.poll(() => first.heldAt("answered"), { timeout: 30_000 }).toEqual([runId]);
  await first.kill(engine.db.pool);
  const finished = (await stepsOf(engine, runId, "call")).filter((step) => step.status === "succeeded").map((step) => step.iteration);
  expect(await under()).toBeLessThanOrEqual(concurrency);
  // Those that had come to their end, but for the last that were on their way to the disk.
  expect(finished.length).toBeGreaterThan(count / 2 - 10 * concurrency);

  site.startWorker();
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  const calls = Map.groupBy(remote.receiptsOf("/items"), orderOf);
  expect(calls.size).toBe(count);
  expect(finished.filter((item) => calls.get(item)?.length !== 1)).toEqual([]);
  expect(remote.receiptsOf("/items").length).toBeLessThanOrEqual(count + (count / 2 + concurrency - finished.length));
  const { results } = (await loopOutput(engine, runId)) as { results: { marker: string }[] };
  expect(results.map((result) => result.marker)).toEqual(numbers(count).map(String));
  const violations = await findViolations({
    pool: engine.db.pool,
    workspaceId: engine.workspaceId,
    acknowledged: [runId],
    receipts: remote.receipts,
    effects: remote.effects,
    limits: site.limits,
    leaseMs,
    progressFloor: 1,
    drained: true,
  });
  expect(violations).toEqual([]);
}, 180_000);

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/services/context.ts";
import { createRedrive, createRedriveSchema, getRedrive } from "#lib/services/redrives/index.ts";
import { createSite, type Site } from "./site.ts";

/* A bulk redrive under fire: real workers are killed with kill -9 again and again while it releases. */

let site: Site;

beforeEach(async () => {
  site = await createSite();
});
afterEach(() => site.stop());

const items = 60;
const kills = 6;

test("a bulk redrive whose workers are killed again and again goes on to its end, adds up, and applies nothing twice", async () => {
  const { engine, remote, workflows, healed } = site;
  const orders = Array.from({ length: items }, (_, n) => `dead-${n}`);
  const first = site.startWorker();
  await Promise.all(orders.map((order) => engine.accept(workflows.keyed, { order })));
  const open = async () => {
    const text = "SELECT count(*)::int AS n FROM dead_letter WHERE workflow_id = $1 AND status = 'open'";
    return (await engine.db.pool.query<{ n: number }>(text, [workflows.keyed.workflowId])).rows[0]?.n;
  };
  await expect.poll(open, { timeout: 60_000 }).toBe(items);

  for (const order of orders) healed.add(order);
  const { workspaceId, db } = engine;
  const ctx: Context = { actor: { type: "system", job: "proof" }, workspaceId, db, now: Date.now, requestId: "proof" };
  const input = createRedriveSchema.parse({ filter: { workflowId: workflows.keyed.workflowId }, ratePerSecond: 10 });
  const { id } = await createRedrive({ ctx, input });
  let worker = first;
  for (let killed = 0; killed < kills; killed++) {
    await sleep(200 + Math.random() * 800); // chance decides what it is at
    await worker.kill(db.pool);
    worker = site.startWorker();
  }
  const read = () => getRedrive({ ctx, input: { id } });
  await expect.poll(async () => (await read()).status, { timeout: 120_000, interval: 250 }).toBe("completed");
  const { progress } = await read();
  // A run that took three workers with it is open again, for a person; all others made it.
  expect(progress.succeeded + progress.failed).toBe(items);
  expect(progress.succeeded).toBeGreaterThanOrEqual(items * 0.8);
  expect(await open()).toBe(progress.failed);
  const applied = remote.effects.map((effect) => effect.key);
  expect(new Set(applied).size).toBe(applied.length);
  expect(applied.length).toBeGreaterThanOrEqual(progress.succeeded);
}, 240_000);

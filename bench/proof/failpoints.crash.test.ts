import { afterAll, beforeAll, expect, test } from "vitest";
import { redriveDeadLetter } from "#lib/engine/ledger/commands.ts";
import { callFailpoints, type Failpoint } from "#lib/shared/failpoints.ts";
import { type EffectClass, effectClasses } from "#lib/shared/statuses.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, orderOf, pathOf, type Site } from "./site.ts";
import type { WorkerProcess } from "./worker-process.ts";

/*
 * Every arrow of the crash table (engine.md 1.1) × every effect class, exhaustively: the runs of all classes come to the point,
 * stay there, the real worker process is killed with kill -9, and the next one finds what is on disk.
 */

/** What is on disk when the worker dies, which is all that decides. */
type Left = "not sent" | "marked sent" | "applied" | "over";

/** `keyed twin`: a second run of the same key, which waits for the first and takes its result. */
type Case = EffectClass | "keyed twin";

interface Kill {
  /** How the order fares: `plain` is done, `park` is refused once, `dead` is refused for good, `redrive` was and is redriven healed. */
  variant: "plain" | "park" | "dead" | "redrive";
  point: Failpoint;
  left: Left;
}

/** All of them: adding a failpoint without saying what a kill there leaves behind fails the test below. */
const kills: Kill[] = [
  { variant: "plain", point: "run-claimed", left: "not sent" },
  { variant: "plain", point: "input-frozen", left: "not sent" },
  { variant: "plain", point: "key-claimed", left: "not sent" },
  { variant: "plain", point: "breaker-admitted", left: "not sent" },
  { variant: "plain", point: "throttle-granted", left: "not sent" },
  { variant: "plain", point: "before-sent", left: "not sent" },
  { variant: "plain", point: "sent-committed", left: "marked sent" },
  { variant: "plain", point: "answered", left: "applied" },
  { variant: "plain", point: "step-settled", left: "applied" },
  { variant: "plain", point: "before-finish", left: "applied" },
  { variant: "plain", point: "finished", left: "over" },
  { variant: "park", point: "before-park", left: "marked sent" },
  { variant: "park", point: "parked", left: "over" },
  { variant: "dead", point: "before-finish", left: "marked sent" },
  { variant: "dead", point: "finished", left: "over" },
  { variant: "redrive", point: "run-claimed", left: "not sent" },
  { variant: "redrive", point: "before-sent", left: "not sent" },
  { variant: "redrive", point: "sent-committed", left: "marked sent" },
  { variant: "redrive", point: "answered", left: "applied" },
  { variant: "redrive", point: "before-finish", left: "applied" },
];

/** Classes whose call is announced on disk before it is made: only their runs come to `sent-committed`. */
const announced: readonly EffectClass[] = ["keyed", "reconcilable", "unsafe"];

interface Outcome {
  status: string;
  error: string | null;
  /** Calls the remote received, over all lives of the worker. */
  calls: number;
  effects: number;
  openLetters: number;
}

interface Trial {
  kill: Kill;
  case: Case;
  order: string;
  runId: string;
}

test("every failpoint of a call is killed at", () => {
  expect(new Set(kills.map((kill) => kill.point))).toEqual(new Set(callFailpoints));
});

let site: Site;
let worker: WorkerProcess;
/** The runs of earlier kills. */
const over = new Set<string>();

beforeAll(async () => {
  site = await createSite();
  worker = site.startWorker({ failpoints: true });
}, 60_000);
afterAll(() => site.stop());

test("scenario 22: a worker killed at each point of the crash table, for each effect class, leaves what the table says and doubles nothing", async () => {
  const trials: Trial[] = [];
  for (const kill of kills) trials.push(...(await killAt(kill)));
  await untilEnded(trials);
  await worker.stop();
  const told = (trial: Trial) => `${trial.kill.variant} killed at ${trial.kill.point}: ${trial.case}`;
  const outcomes = await Promise.all(trials.map(async (trial) => [told(trial), await outcomeOf(trial)] as const));
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(trials.map((trial) => [told(trial), expected(trial)])));
  const violations = await findViolations({
    pool: site.engine.db.pool,
    workspaceId: site.engine.workspaceId,
    acknowledged: trials.map((trial) => trial.runId),
    receipts: site.remote.receipts,
    effects: site.remote.effects,
    limits: site.limits,
    leaseMs,
    progressFloor: 0.5,
    drained: true,
  });
  expect(violations).toEqual([]);
}, 300_000);

/** Brings one run of each class to the point, kills the worker there, and starts the next, which recovers them. */
async function killAt(kill: Kill): Promise<Trial[]> {
  const trials: Trial[] = [];
  const classes = kill.point === "sent-committed" ? announced : effectClasses;
  const caseOf = (runId: string) => trials.find((trial) => trial.runId === runId);
  let armed = kill.variant !== "redrive";
  // All runs of earlier kills have ended; what the worker says of that may still be on its way.
  worker.hold((point, id) => armed && point === kill.point && !over.has(id));
  for (const effect of classes) {
    trials.push(await start(kill, effect));
    if (effect === "keyed" && kill.variant === "plain") trials.push(await start(kill, "keyed twin"));
  }
  if (kill.variant === "redrive") {
    await untilEnded(trials);
    armed = true;
    for (const trial of trials) site.healed.add(trial.order);
    for (const trial of trials) await redrive(trial.runId);
  }
  // Of the twins one is enough: the other waits for it.
  const held = () => new Set(worker.heldAt(kill.point).map((runId) => caseOf(runId)?.case.replace(" twin", "")));
  await expect.poll(() => [...held()].sort(), { timeout: 30_000, message: `${kill.variant} ${kill.point}` }).toEqual([...classes].sort());
  await worker.kill(site.engine.db.pool);
  worker = site.startWorker({ failpoints: true });
  await untilEnded(trials);
  for (const trial of trials) over.add(trial.runId);
  return trials;
}

async function start(kill: Kill, which: Case): Promise<Trial> {
  const effect = which === "keyed twin" ? "keyed" : which;
  const order = `${kill.variant === "redrive" ? "dead" : kill.variant}-${kill.variant}-${kill.point}-${effect}`;
  const { runId } = await site.engine.accept(site.workflows[effect], { order });
  return { kill, case: which, order, runId };
}

async function redrive(runId: string): Promise<void> {
  const { engine } = site;
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1 AND status = 'open'", [runId]);
  for (const { id } of rows) await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: id, by: "proof" });
}

async function untilEnded(trials: readonly Trial[]): Promise<void> {
  const ids = trials.map((trial) => trial.runId);
  const open = async () => {
    const { rows } = await site.engine.db.pool.query<{ id: string }>(
      "SELECT id FROM run WHERE id = ANY ($1::uuid[]) AND status NOT IN ('succeeded', 'failed', 'canceled')",
      [ids],
    );
    return rows.map((row) => trials.find((trial) => trial.runId === row.id));
  };
  await expect.poll(open, { timeout: 60_000, interval: 100 }).toEqual([]);
}

async function outcomeOf(trial: Trial): Promise<Outcome> {
  const { rows } = await site.engine.db.pool.query<{ status: string; error: string | null; letters: number }>(
    `SELECT status, error::json ->> 'code' AS error,
       (SELECT count(*)::int FROM dead_letter d WHERE d.run_id = r.id AND d.status = 'open') AS letters FROM run r WHERE id = $1`,
    [trial.runId],
  );
  const path = pathOf(trial.case === "keyed twin" ? "keyed" : trial.case);
  return {
    status: rows[0]?.status ?? "lost",
    error: rows[0]?.error ?? null,
    calls: site.remote.receiptsOf(path).filter((call) => orderOf(call) === trial.order).length,
    effects: site.remote.effectsOf(path).filter((effect) => effect.identity === trial.order).length,
    openLetters: rows[0]?.letters ?? 0,
  };
}

/** The crash table, as numbers. */
function expected({ kill, case: which }: Trial): Outcome {
  const effect = which === "keyed twin" ? "keyed" : which;
  const asks = effect === "unsafe" && (kill.left === "marked sent" || kill.left === "applied");
  // The remote is asked and says that it was done.
  const adopts = effect === "reconcilable" && kill.left === "applied";
  const refusedBefore = kill.variant === "park" || kill.variant === "redrive" ? 1 : 0;
  const callsOfTheDead = kill.left === "applied" || kill.left === "over" || kill.point === "before-finish" ? 1 : 0;
  const callsAfter = asks || adopts || kill.left === "over" ? 0 : 1;
  const calls = refusedBefore + callsOfTheDead + callsAfter;
  const isDone = kill.variant !== "dead" && effect !== "read" && (!asks || kill.left === "applied");
  const failed = asks ? "worker_lost_after_send" : kill.variant === "dead" ? "http_404" : null;
  return {
    status: failed === null ? "succeeded" : "failed",
    error: failed,
    calls,
    effects: isDone ? 1 : 0,
    openLetters: failed === null ? 0 : 1,
  };
}

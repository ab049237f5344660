import type { TestDb } from "#lib/db/testing.ts";
import type { Reaction, ReceivedCall } from "#lib/engine/testing/call.ts";
import { FakeRemote } from "#lib/engine/testing/fake-remote.ts";
import { applyThenDrop, applyThenFail, done, rateLimited, refuse } from "#lib/engine/testing/reactions.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { type EffectClass, effectClasses } from "#lib/shared/statuses.ts";
import type { WindowLimit } from "./checker.ts";
import { WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";

/** Attempts are short, so that what is cut off is found out soon. */
export const timeoutMs = 2_000;

/** Of the engine's own margins on top of an attempt's time-out: how long a place or a probe may live. */
export const leaseMs = timeoutMs + 15_000;

/**
 * What a busy machine, on which workers, database and remote share the cores, puts between the last look at the clock and the
 * remote's. The engine pads its windows by 100 ms for that; the throttle's own tests measure it without the crowd.
 */
export const slackMs = 300;

/** Longer than the engine holds a run in memory, so that a retry parks it. */
const retryMs = 1_200;

const limit = { limit: 30, perMs: 1_000 };

/** A database, a fake remote with one path for each effect class, a workflow for each, and real worker processes. */
export interface Site {
  engine: TestEngine;
  remote: FakeRemote;
  workflows: Record<EffectClass, SavedDocument>;
  limits: WindowLimit[];
  /** Orders the remote now does although it refused them before. */
  healed: Set<string>;
  startWorker(options?: Partial<WorkerProcessOptions>): WorkerProcess;
  stop(): Promise<void>;
}

/**
 * `databaseUrl` is what workers are told, where that is not the database itself but a proxy in front of it; `onDb` makes the
 * database where it is not to be one of the tests' server.
 */
export async function createSite(options: { databaseUrl?: (url: string) => string; onDb?: () => Promise<TestDb> } = {}): Promise<Site> {
  const engine = await createTestEngine({}, options.onDb);
  const remote = await FakeRemote.start();
  const healed = new Set<string>();
  const workers: WorkerProcess[] = [];
  for (const effect of effectClasses) remote.script(pathOf(effect), (call) => reactionTo(call, healed));
  const saved = await Promise.all(effectClasses.map((effect) => engine.saveDocument(documentOf(effect, remote.url))));
  return {
    engine,
    remote,
    healed,
    workflows: Object.fromEntries(effectClasses.map((effect, index) => [effect, saved[index]])) as Record<EffectClass, SavedDocument>, // safe because both lists have the same order
    limits: effectClasses.map((effect) => ({ path: pathOf(effect), ...limit, slackMs })),
    startWorker(own) {
      const url = options.databaseUrl?.(engine.url) ?? engine.url;
      const worker = new WorkerProcess({ url, allow: [`127.0.0.1:${remote.port}`], ...own });
      workers.push(worker);
      return worker;
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill(null)));
      await remote.stop();
      await engine.stop();
    },
  };
}

export function pathOf(effect: EffectClass): string {
  return `/${effect}`;
}

const firstTime: Record<string, Reaction> = {
  park: refuse(503),
  drop: applyThenDrop,
  fail: applyThenFail(500),
  limited: rateLimited.seconds(1),
};

/**
 * How an order fares is told by the word its name begins with: `park`, `drop`, `fail` and `limited` go wrong once and are well
 * afterwards, `dead` is refused until it is healed, all others are done.
 */
function reactionTo(call: ReceivedCall, healed: Set<string>): Reaction {
  const order = orderOf(call);
  const word = order.split("-")[0] ?? "";
  if (healed.has(order)) return done();
  if (word === "dead") return refuse(404);
  healed.add(order);
  return firstTime[word] ?? done();
}

/** The order a call is about, whichever way it carries it. */
export function orderOf(call: ReceivedCall): string {
  const body = call.body as { id?: string; marker?: string } | null; // safe because only our documents call
  return call.url.searchParams.get("id") ?? body?.marker ?? body?.id ?? "";
}

const methods: Record<EffectClass, string> = { read: "GET", natural: "PUT", keyed: "POST", reconcilable: "POST", unsafe: "POST" };

function documentOf(effect: EffectClass, remoteUrl: string): JsonObject {
  const url = `${remoteUrl}${pathOf(effect)}`;
  const order = "{{ trigger.body.order }}";
  const idempotency: Record<EffectClass, JsonObject> = {
    read: {},
    natural: {},
    keyed: { key: order, header: "Idempotency-Key" },
    reconcilable: {
      effect: "reconcilable",
      lookup: {
        request: { method: "GET", url: `${url}/search`, query: { marker: "{{ input.body.marker }}" } },
        found: "size(response.body.items) > 0",
        result: "response.body.items[0]",
        settleDelayMs: 100,
      },
    },
    unsafe: {},
  };
  const bodies: Record<EffectClass, JsonValue | null> = {
    read: null,
    natural: { id: order },
    keyed: { id: order },
    reconcilable: { marker: order },
    unsafe: { id: order },
  };
  const config: JsonObject = { method: methods[effect], url: effect === "read" || effect === "natural" ? `${url}?id=${order}` : url };
  if (bodies[effect] !== null) config.body = bodies[effect];
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "call",
        type: "http-request",
        name: "Call",
        config,
        policy: {
          timeoutMs,
          // Asked, but never opened: what is broken on purpose would open it again and again, and unsafe calls then wait long for quiet.
          breaker: { minCalls: 10_000 },
          retry: { initialMs: retryMs, factor: 1, jitter: "none" },
          throttle: { windows: [limit], concurrency: 20 },
          idempotency: idempotency[effect],
        },
      },
      { id: "after", type: "set", name: "After", config: { values: { result: "{{ steps.call.output }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "call" },
      { id: "e2", source: "call", target: "after" },
    ],
  };
}
